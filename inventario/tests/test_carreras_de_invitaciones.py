"""Aceptar a la vez: un enlace sirve una vez, y dos empresas no hacen dos cuentas del mismo correo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.invitaciones.aceptacion import aceptar_eligiendo_contrasena
from inventario.cuentas.invitaciones.enlaces import token_de
from inventario.cuentas.invitaciones.services import invitar, revocar
from inventario.cuentas.models import Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio
from inventario.tests.carreras import contar_a_la_vez

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
CORREO = "eva@granja.test"


def _quien_administra(slug: str) -> Actor:
    empresa = crear_empresa(slug=slug, nombre=slug.capitalize())
    usuario = Usuario.objects.create_user(f"jefa@{slug}.test", nombre="Jefa")
    agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    with en_empresa(empresa):
        return actor_de_membresia(usuario, empresa)


def _contando(tarea: Callable[[], object]) -> Callable[[], str]:
    def correr() -> str:
        try:
            tarea()
        except ErrorDeDominio as error:
            return type(error).__name__
        return "bien"

    return correr


def _aceptar(token: str) -> Callable[[], str]:
    hacer = partial(aceptar_eligiendo_contrasena, token=token, nombre="Eva", contrasena="una-clave-larga-26")
    return _contando(hacer)


def test_de_dos_que_aceptan_a_la_vez_uno_gana() -> None:
    actor = _quien_administra("norte")
    token = token_de(invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR).invitacion)
    cuentas = contar_a_la_vez(*[[_aceptar(token)] for _ in range(6)])
    assert cuentas == {"bien": 1, "InvitacionNoVigente": 5}
    assert Membresia.objects.filter(usuario__email=CORREO).count() == 1


def test_dos_empresas_a_la_vez_no_hacen_dos_cuentas() -> None:
    tokens = [
        token_de(invitar(actor=_quien_administra(slug), correo=CORREO, rol=Rol.OPERADOR).invitacion)
        for slug in ("norte", "sur")
    ]
    cuentas = contar_a_la_vez(*[[_aceptar(token)] for token in tokens])
    assert cuentas == {"bien": 1, "CuentaYaExiste": 1}
    assert Usuario.objects.filter(email=CORREO).count() == 1


def test_invitar_dos_veces_a_la_vez_deja_una_y_revocar_compite_con_aceptar() -> None:
    actor = _quien_administra("norte")
    dos = contar_a_la_vez(
        *[[_contando(partial(invitar, actor=actor, correo=CORREO, rol=Rol.OPERADOR))] for _ in range(4)]
    )
    assert dos == {"bien": 1, "YaInvitada": 3}
    invitacion = invitar(actor=actor, correo="otra@granja.test", rol=Rol.OPERADOR).invitacion
    cuentas = contar_a_la_vez(
        [_aceptar(token_de(invitacion))], [_contando(partial(revocar, actor=actor, invitacion=invitacion))]
    )
    entro = Membresia.objects.filter(usuario__email="otra@granja.test").exists()
    assert cuentas == {"bien": 1, "InvitacionResuelta" if entro else "InvitacionNoVigente": 1}
