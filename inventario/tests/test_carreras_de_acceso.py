"""Entrar y recuperar a la vez: ni más sesiones que el límite, ni dos usos del mismo código."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.acceso import tokens
from inventario.cuentas.models import Sesion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.errores import ErrorDeDominio
from inventario.tests.carreras import contar_a_la_vez

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

BUENA = "clave-de-prueba"


@pytest.fixture
def beto(mundo: Mundo) -> Usuario:
    usuario = Usuario.objects.create_user("beto@acme.ec", BUENA, nombre="Beto")
    agregar_miembro(empresa=mundo.empresa, usuario=usuario, rol=Rol.OPERADOR)
    return usuario


def conceder() -> acceso.AccesoConcedido:
    peticion = RequestFactory().post("/api/v1/auth/login")
    peticion.user = AnonymousUser()
    return acceso.entrar(peticion=peticion, correo="beto@acme.ec", contrasena=BUENA)


def entrar() -> str:
    return conceder().acceso


def contando(tarea: Callable[[], object]) -> Callable[[], str]:
    def correr() -> str:
        try:
            tarea()
        except ErrorDeDominio as error:
            return type(error).__name__
        return "bien"

    return correr


def test_entrar_a_la_vez_no_deja_mas_sesiones_que_el_limite(beto: Usuario) -> None:
    tokens: list[str] = []

    def guardar_el_token() -> None:
        tokens.append(entrar())

    cuentas = contar_a_la_vez(*[[contando(guardar_el_token)] * 2 for _ in range(6)])
    assert cuentas == {"bien": 12}
    assert Sesion.objects.filter(usuario=beto).count() == 1
    sirven = 0
    for token in tokens:
        sirven += contando(partial(acceso.acceso_de_token, token, timezone.now()))() == "bien"
    assert sirven == 1


def test_usar_a_la_vez_el_mismo_codigo_de_recuperacion_vale_una_vez(beto: Usuario) -> None:
    codigo = acceso.codigo_de_recuperacion(beto)
    nuevas = [f"una-Frase-larga-{numero}" for numero in range(6)]
    cuentas = contar_a_la_vez(
        *[[contando(partial(acceso.restablecer, codigo=codigo, nueva=nueva))] for nueva in nuevas]
    )
    assert cuentas == {"bien": 1, "RecuperacionInvalida": 5}
    beto.refresh_from_db()
    assert sum(beto.check_password(nueva) for nueva in nuevas) == 1


def test_cambiar_la_contrasena_mientras_otros_entran_no_deja_sesiones_con_la_anterior(beto: Usuario) -> None:
    nueva = "otra-Frase-9812"

    def cambiar() -> None:
        acceso.cambiar_contrasena(usuario=beto, actual=BUENA, nueva=nueva, sesion_id=None)

    contar_a_la_vez([contando(cambiar)], *[[contando(entrar)] for _ in range(5)])
    beto.refresh_from_db()
    assert beto.check_password(nueva)
    assert beto.contrasena_cambiada_en is not None
    assert not Sesion.objects.vivas(timezone.now()).filter(usuario=beto).exists()


def test_renovar_a_la_vez_con_el_mismo_token_da_una_sola_serie(beto: Usuario) -> None:
    """Dos pestañas que renuevan a la vez siguen las dos, y ninguna se lleva un token que la otra mate."""
    primero = conceder().renovacion
    dados: list[str] = []

    def renovar() -> None:
        dados.append(acceso.renovar(token=primero).renovacion)

    cuentas = contar_a_la_vez(*[[contando(renovar)] for _ in range(6)])
    assert cuentas == {"bien": 6}
    series = {tokens.leer(token, tipo=tokens.RENOVACION).serie for token in dados}
    assert series == {Sesion.objects.get(usuario=beto).renovacion}


def test_reusar_a_la_vez_un_token_ya_cambiado_cierra_la_sesion_para_todos(
    beto: Usuario, settings: Any
) -> None:
    settings.GRACIA_DE_RENOVACION = timedelta(0)
    viejo = conceder().renovacion
    bueno = acceso.renovar(token=viejo).renovacion
    contar_a_la_vez(
        *[[contando(partial(acceso.renovar, token=viejo))] * 2 for _ in range(3)],
        *[[contando(partial(acceso.renovar, token=bueno))] for _ in range(3)],
    )
    assert not Sesion.objects.filter(usuario=beto).exists()
    assert contando(partial(acceso.renovar, token=bueno))() == "SesionTerminada"
