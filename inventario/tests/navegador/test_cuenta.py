"""La cuenta propia y poner otra contraseña, como las hace una persona: con guiones y sin ellos."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.models import SesionWeb
from inventario.tests.navegador.conftest import CLAVE, CORREO, Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, ir
from inventario.tests.navegador.pantallas import DOS, Pantalla, Vigia, se_ve_bien

NUEVA = "otra-Frase-9812"


def entrar(pagina: Page, contrasena: str) -> None:
    campo(pagina, "Correo electrónico").fill(CORREO)
    campo(pagina, "Contraseña").fill(contrasena)
    apretar(pagina, "Entrar")


@pytest.mark.parametrize("con_js", [True, False], ids=["con guiones", "sin guiones"])
@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_poner_otra_contrasena_con_el_enlace(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla, con_js: bool
) -> None:
    vigia.esperados |= {400, 422}
    codigo = acceso.codigo_de_recuperacion(granja.usuario)
    pagina = abrir(pantalla, con_js=con_js, quien=None)
    pagina.goto(f"/restablecer/{codigo}/")
    # El código no está en la dirección ni en lo que se vuelve con «atrás».
    expect(pagina).to_have_url(re.compile(r"/restablecer/$"))
    if con_js:
        se_ve_bien(pagina)
    campo(pagina, "Contraseña nueva").fill("12345678")
    campo(pagina, "La misma, otra vez").fill("12345678")
    apretar(pagina, "Guardar la contraseña")
    expect(campo(pagina, "Contraseña nueva")).to_be_focused()
    if con_js:
        se_ve_bien(pagina)
    campo(pagina, "Contraseña nueva").fill(NUEVA)
    campo(pagina, "La misma, otra vez").fill(NUEVA)
    apretar(pagina, "Guardar la contraseña")
    expect(pagina.get_by_text("Su contraseña cambió. Entre con la nueva.")).to_be_visible()
    entrar(pagina, NUEVA)
    expect(pagina.get_by_role("heading", level=1)).to_contain_text("Hoy")
    pagina.goto(f"/restablecer/{codigo}/")
    expect(pagina.get_by_role("heading", name="El enlace no sirve")).to_be_visible()


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_quien_debe_cambiarla_la_cambia_y_sigue(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    granja.usuario.debe_cambiar_contrasena = True
    granja.usuario.save()
    pagina = abrir(pantalla)
    pagina.goto("/lotes/")
    expect(pagina.get_by_text("la puso otra persona")).to_be_visible()
    se_ve_bien(pagina)
    campo(pagina, "Contraseña actual").fill(CLAVE)
    campo(pagina, "Contraseña nueva").fill(NUEVA)
    campo(pagina, "La misma, otra vez").fill(NUEVA)
    apretar(pagina, "Cambiar la contraseña")
    expect(pagina).to_have_url(re.compile(r"/lotes/$"))


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_cerrar_las_demas_sesiones(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    Client().post("/entrar/", {"username": CORREO, "password": CLAVE})
    pagina = abrir(pantalla, "/cuenta/")
    assert SesionWeb.objects.filter(usuario=granja.usuario).count() == 2
    apretar(pagina, "Cerrar las demás")
    expect(pagina.get_by_text("Su cuenta no está abierta en ningún otro lado.")).to_be_visible()
    assert SesionWeb.objects.filter(usuario=granja.usuario).count() == 1
    ir(pagina, "/cuenta/")
    se_ve_bien(pagina)
