"""Cambiar membresías a la vez: la empresa nunca se queda sin quien la administre."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro, cambiar_membresia
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import SinPermiso
from inventario.tests.carreras import contar_a_la_vez

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def _administra(empresa: Empresa, correo: str) -> tuple[Actor, Membresia]:
    usuario = Usuario.objects.create_user(correo, nombre=correo)
    membresia = agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    with en_empresa(empresa):
        return actor_de_membresia(usuario, empresa), membresia


def _desactivar(actor: Actor, membresia: Membresia) -> Callable[[], str]:
    def correr() -> str:
        try:
            cambiar_membresia(
                actor=actor,
                membresia=membresia,
                rol=Rol.ADMINISTRADOR,
                activa=False,
                bodega=None,
                limitada_a=[],
            )
        except SinPermiso:
            return "SinPermiso"
        return "bien"

    return correr


def test_dos_que_se_desactivan_el_uno_al_otro_dejan_a_uno() -> None:
    for vez in range(5):
        empresa = crear_empresa(slug=f"norte-{vez}", nombre="Norte")
        ana, de_ana = _administra(empresa, f"ana-{vez}@norte.test")
        eva, de_eva = _administra(empresa, f"eva-{vez}@norte.test")
        cuentas = contar_a_la_vez([_desactivar(ana, de_eva)], [_desactivar(eva, de_ana)])
        assert cuentas == {"bien": 1, "SinPermiso": 1}
        with en_empresa(empresa):
            assert Membresia.objects.filter(empresa=empresa, activa=True).count() == 1
