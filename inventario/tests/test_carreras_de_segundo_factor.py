"""Usar a la vez el mismo código, activar a la vez y cambiarlo mientras otro entra."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.models import Sesion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.cuentas.segundo_factor import codigos, services
from inventario.cuentas.tests.telefono import CONTRASENA, Telefono, activar
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.errores import ErrorDeDominio
from inventario.tests.carreras import contar_a_la_vez

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def beto(mundo: Mundo) -> Usuario:
    usuario = Usuario.objects.create_user("beto@acme.ec", CONTRASENA, nombre="Beto")
    agregar_miembro(empresa=mundo.empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    return usuario


def peticion() -> HttpRequest:
    nueva = RequestFactory().post("/")
    nueva.user = AnonymousUser()
    return nueva


def contando(tarea: Callable[[], object]) -> Callable[[], str]:
    def correr() -> str:
        try:
            tarea()
        except ErrorDeDominio as error:
            return type(error).__name__
        return "bien"

    return correr


def entrar(codigo: str) -> None:
    acceso.entrar(peticion=peticion(), correo="beto@acme.ec", contrasena=CONTRASENA, codigo=codigo)


def test_el_mismo_codigo_a_la_vez_por_la_api_entra_uno(beto: Usuario) -> None:
    telefono, entregados = activar(beto)
    for codigo in (telefono.codigo(), entregados[0]):
        cuentas = contar_a_la_vez(*[[contando(partial(entrar, codigo))] for _ in range(6)])
        assert cuentas == {"bien": 1, "CodigoInvalido": 5}
    assert codigos.restantes(beto) == 9


def test_el_mismo_codigo_a_la_vez_por_la_pagina_entra_uno(beto: Usuario) -> None:
    telefono, _ = activar(beto)
    codigo = telefono.codigo()
    navegadores = [Client() for _ in range(6)]
    for navegador in navegadores:
        navegador.post("/entrar/", {"username": beto.email, "password": CONTRASENA})

    def dar(navegador: Client) -> str:
        return str(navegador.post("/entrar/codigo/", {"codigo": codigo}).status_code)

    assert contar_a_la_vez(*[[partial(dar, uno)] for uno in navegadores]) == {"302": 1, "422": 5}
    assert sum("_auth_user_id" in uno.session for uno in navegadores) == 1


def test_confirmar_a_la_vez_activa_una_vez_y_los_codigos_que_valen_son_los_mostrados(beto: Usuario) -> None:
    services.comenzar(peticion=peticion(), usuario=beto, contrasena=CONTRASENA)
    pendiente = services.por_confirmar(beto)
    assert pendiente is not None
    codigo = Telefono(pendiente.secreto).codigo()
    mostrados: list[list[str]] = []

    def confirmar() -> None:
        mostrados.append(services.confirmar(usuario=Usuario.objects.get(pk=beto.pk), codigo=codigo))

    assert contar_a_la_vez(*[[contando(confirmar)] for _ in range(5)]) == {"bien": 1, "SinActivar": 4}
    assert TOTPDevice.objects.count() == StaticDevice.objects.count() == 1
    assert StaticToken.objects.count() == 10
    assert codigos.acierta(beto, mostrados[0][0])


def test_activarlo_mientras_otros_entran_no_deja_sesiones_sin_codigo(beto: Usuario) -> None:
    cuentas = contar_a_la_vez(
        [contando(partial(activar, Usuario.objects.get(pk=beto.pk)))],
        *[[contando(partial(entrar, ""))] * 3 for _ in range(4)],
    )
    assert cuentas.keys() <= {"bien", "FaltaCodigo", "CredencialInvalida"}
    beto.refresh_from_db()
    assert beto.tiene_segundo_factor
    assert not Sesion.objects.vivas(timezone.now()).filter(usuario=beto).exists()


def test_cambiarlo_y_renovar_codigos_a_la_vez_no_se_traban(beto: Usuario) -> None:
    telefono, entregados = activar(beto)

    def renovar(codigo: str) -> None:
        services.renovar_codigos(
            peticion=peticion(),
            usuario=Usuario.objects.get(pk=beto.pk),
            contrasena=CONTRASENA,
            codigo=codigo,
        )

    def cambiar() -> None:
        usuario = Usuario.objects.get(pk=beto.pk)
        services.comenzar(
            peticion=peticion(), usuario=usuario, contrasena=CONTRASENA, codigo=telefono.codigo()
        )
        pendiente = services.por_confirmar(usuario)
        assert pendiente is not None
        services.confirmar(usuario=usuario, codigo=Telefono(pendiente.secreto).codigo())

    cuentas = contar_a_la_vez(
        [contando(cambiar)], *[[contando(partial(renovar, uno))] for uno in entregados[:4]]
    )
    assert cuentas.keys() <= {"bien", "CodigoInvalido", "SinActivar"}
    assert TOTPDevice.objects.filter(confirmed=True).count() == 1
    assert StaticToken.objects.count() == 10
