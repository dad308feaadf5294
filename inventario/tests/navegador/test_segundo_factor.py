"""Activar el segundo factor con un teléfono de verdad, entrar con él y con un código de recuperación."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from inventario.cuentas.models import Empresa
from inventario.cuentas.tests.telefono import Telefono
from inventario.tests.navegador.conftest import CLAVE, CORREO, Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, ir
from inventario.tests.navegador.pantallas import DOS, Pantalla, Vigia, se_ve_bien


def pasa_un_rato() -> None:
    """El código de ahora ya se usó: en vez de esperar al siguiente medio minuto, se olvida cuál fue."""
    TOTPDevice.objects.update(last_t=-1)


def entrar(pagina: Page, ruta: str) -> None:
    ir(pagina, ruta)
    campo(pagina, "Correo electrónico").fill(CORREO)
    campo(pagina, "Contraseña").fill(CLAVE)
    apretar(pagina, "Entrar")
    expect(pagina.get_by_role("heading", name="Escriba su código")).to_be_visible()


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_activarlo_y_entrar_con_el(abrir: Abrir, granja: Granja, vigia: Vigia, pantalla: Pantalla) -> None:
    vigia.esperados |= {422}
    Empresa.objects.update(exige_segundo_factor=True)
    # Quien administra llega a donde iba solo después de activarlo.
    pagina = abrir(pantalla, "/lotes/")
    expect(pagina).to_have_url(re.compile("/cuenta/segundo-factor/$"))
    expect(pagina.locator("main").get_by_role("status")).to_contain_text("Actívelo para seguir")
    se_ve_bien(pagina)
    campo(pagina, "Su contraseña").fill(CLAVE)
    apretar(pagina, "Activar")
    qr = pagina.get_by_role("img", name="Imagen QR con la clave de esta página")
    expect(qr).to_be_visible()
    assert qr.evaluate("(uno) => uno.complete && uno.naturalWidth > 100")
    telefono = Telefono(pagina.locator("main code").inner_text())
    campo(pagina, "Código de la aplicación").fill("000 000")
    apretar(pagina, "Confirmar")
    expect(campo(pagina, "Código de la aplicación")).to_have_attribute("aria-invalid", "true")
    se_ve_bien(pagina)
    # Tras un fallo el teléfono espera un segundo antes de mirar otro código.
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    campo(pagina, "Código de la aplicación").fill(telefono.codigo())
    apretar(pagina, "Confirmar")
    expect(pagina.get_by_role("heading", name="Códigos de recuperación")).to_be_visible()
    se_ve_bien(pagina)
    entregados = pagina.locator("main pre").inner_text().split()
    assert len(entregados) == 10
    pagina.get_by_role("link", name="Ya los guardé").click()
    expect(pagina.get_by_text("Le quedan 10 códigos de recuperación.")).to_be_visible()
    expect(pagina.get_by_role("button", name="Quitar el segundo factor")).to_have_count(0)
    se_ve_bien(pagina)
    pasa_un_rato()

    de_nuevo = abrir(pantalla, quien=None)
    for escribir in (con_la_aplicacion(telefono), con_uno_de_papel(entregados[0])):
        entrar(de_nuevo, "/lotes/")
        escribir(de_nuevo)
        apretar(de_nuevo, "Entrar")
        expect(de_nuevo.get_by_role("heading", name="Lotes", exact=True)).to_be_visible()
        de_nuevo.context.clear_cookies()


def con_la_aplicacion(telefono: Telefono) -> Callable[[Page], None]:
    def escribir(pagina: Page) -> None:
        expect(campo(pagina, "Código de la aplicación")).to_be_focused()
        campo(pagina, "Código de la aplicación").fill("no es")
        apretar(pagina, "Entrar")
        expect(pagina.get_by_text("El código no es correcto o ya se usó.")).to_be_visible()
        se_ve_bien(pagina)
        campo(pagina, "Código de la aplicación").fill(telefono.codigo())

    return escribir


def con_uno_de_papel(codigo: str) -> Callable[[Page], None]:
    def escribir(pagina: Page) -> None:
        pagina.get_by_role("link", name="Usar un código de recuperación").click()
        se_ve_bien(pagina)
        campo(pagina, "Código de recuperación").fill(codigo)

    return escribir


def test_sin_guiones_tambien_se_activa(abrir: Abrir, granja: Granja) -> None:
    pagina = abrir(con_js=False)
    ir(pagina, "/cuenta/segundo-factor/", con_js=False)
    campo(pagina, "Su contraseña").fill(CLAVE)
    apretar(pagina, "Activar")
    telefono = Telefono(pagina.locator("main code").inner_text())
    campo(pagina, "Código de la aplicación").fill(telefono.codigo())
    apretar(pagina, "Confirmar")
    expect(pagina.get_by_role("heading", name="Códigos de recuperación")).to_be_visible()
