"""El tema de cada persona: la sigue de un navegador a otro, y sin entrar es el último que se usó en él."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as ajustes
from django.test import Client

from inventario.cuentas.models import Usuario
from inventario.movimientos.tests.mundo import Mundo
from inventario.panel.tests.conftest import HTMX, Navegador, contar_consultas
from inventario.panel.tests.test_fronteras_acceso import AFUERA, CONTRASENA, lleva_afuera

RUTA = "/tema/"
CLARO, OSCURO, AUTOMATICO = ("light", "claro"), ("dark", "oscuro"), ("light", "automatico")


def dibujado(respuesta: Any) -> tuple[str, str]:
    """El tema con que llega la página y el elegido."""
    hallado = re.search(r'<html [^>]*data-bs-theme="(\w*)" data-tema="(\w*)">', respuesta.content.decode())
    assert hallado is not None
    return hallado[1], hallado[2]


def de(navegador: Client) -> Usuario:
    return Usuario.objects.get(pk=navegador.session["_auth_user_id"])


def entrar(usuario: Usuario) -> Navegador:
    """En un navegador que esa persona nunca usó."""
    otro = Navegador()
    assert otro.post("/entrar/", {"username": usuario.email, "password": CONTRASENA}).status_code == 302
    return otro


def test_sin_elegir_es_el_del_sistema(navegador: Navegador) -> None:
    assert dibujado(navegador.get("/")) == AUTOMATICO
    assert dibujado(Client().get("/entrar/")) == AUTOMATICO


@pytest.mark.parametrize("tema", [CLARO, OSCURO, AUTOMATICO])
def test_lo_elegido_sigue_a_la_persona_a_otro_navegador(
    navegador: Navegador, operador: Navegador, tema: tuple[str, str]
) -> None:
    respuesta = navegador.post(RUTA, {"tema": tema[1], "siguiente": "/lotes/?q=a"})
    assert (respuesta.status_code, respuesta["Location"]) == (303, "/lotes/?q=a")
    otro = entrar(de(navegador))
    for pagina in ("/", "/lotes/", "/lotes/999999/"):
        assert dibujado(otro.get(pagina)) == tema
    html = otro.get("/").content.decode()
    assert re.findall(r'name="tema" value="(\w+)" aria-pressed="true"', html) == [tema[1]]
    # Es de ella y no de la empresa.
    assert dibujado(operador.get("/")) == AUTOMATICO


def test_sin_indicar_a_donde_se_vuelve_al_inicio(navegador: Navegador) -> None:
    assert navegador.post(RUTA, {"tema": "oscuro"})["Location"] == "/"


@pytest.mark.parametrize("afuera", AFUERA)
def test_no_se_vuelve_a_otra_casa(navegador: Navegador, afuera: str) -> None:
    assert not lleva_afuera(navegador.post(RUTA, {"tema": "oscuro", "siguiente": afuera}))


def test_con_htmx_se_guarda_y_la_pagina_se_cambia_sola(navegador: Navegador) -> None:
    respuesta = navegador.post(RUTA, {"tema": "oscuro", "siguiente": "/"}, headers=HTMX)
    assert (respuesta.status_code, respuesta.content) == (204, b"")
    assert respuesta["HX-Trigger"] == '{"temaElegido": {"tema": "oscuro"}}'
    assert "HX-Redirect" not in respuesta
    assert de(navegador).tema == "oscuro"


def test_al_salir_y_al_entrar_la_puerta_recuerda_el_ultimo(navegador: Navegador, operador: Navegador) -> None:
    navegador.post(RUTA, {"tema": "oscuro"})
    usuario = de(navegador)
    navegador.post("/salir/")
    assert dibujado(navegador.get("/entrar/")) == OSCURO
    # En un equipo compartido manda quien entra, y deja el suyo.
    navegador.post("/entrar/", {"username": de(operador).email, "password": CONTRASENA})
    assert dibujado(navegador.get("/")) == AUTOMATICO
    navegador.post("/salir/")
    assert dibujado(navegador.get("/entrar/")) == AUTOMATICO
    otro = entrar(usuario)
    assert dibujado(otro.get("/no-existe/")) == OSCURO


@pytest.mark.parametrize("malo", ["dark", "", "OSCURO", "oscuro ", "\x00", "x" * 5_000])
def test_un_tema_que_no_existe_no_se_guarda_ni_rompe_la_pagina(
    granja: Mundo, operador: Navegador, malo: str
) -> None:
    assert operador.post(RUTA, {"tema": malo}).status_code in (400, 422)
    assert de(operador).tema == "automatico"
    operador.cookies["tema"] = malo
    assert dibujado(operador.get("/")) == AUTOMATICO
    anonimo = Client()
    anonimo.cookies["tema"] = malo
    assert dibujado(anonimo.get("/entrar/")) == AUTOMATICO


def test_la_galleta_no_se_lee_desde_un_guion_ni_viaja_de_otro_sitio(navegador: Navegador) -> None:
    navegador.post(RUTA, {"tema": "oscuro"})
    galleta = navegador.cookies["tema"]
    assert (bool(galleta["httponly"]), galleta["samesite"]) == (True, "Lax")
    assert bool(galleta["secure"]) == ajustes.HTTPS


def test_el_tema_no_cuesta_una_consulta(navegador: Navegador) -> None:
    antes = contar_consultas(lambda: navegador.get("/buscar/"))
    navegador.post(RUTA, {"tema": "oscuro"})
    assert contar_consultas(lambda: navegador.get("/buscar/")) == antes
