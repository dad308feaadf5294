"""Un formulario que se puso viejo: la página lo explica, no guarda nada y lleva de vuelta."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django_scopes import scopes_disabled

from inventario.cuentas.models import Usuario
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db
DICHO = "lo que escribió no se envió"


@pytest.fixture
def sin_ficha(usuario: Usuario) -> Client:
    """Entró, y manda sus formularios sin la ficha que llevaba la página."""
    cliente = Client(enforce_csrf_checks=True)
    cliente.force_login(usuario)
    return cliente


def test_la_pagina_lleva_de_vuelta_al_formulario(sin_ficha: Client) -> None:
    de_donde = "http://testserver/productos/nuevo/"
    respuesta = sin_ficha.post("/productos/nuevo/", {"nombre": "Sal"}, headers={"Referer": de_donde})
    assert respuesta.status_code == 403
    texto = respuesta.content.decode()
    assert DICHO in texto
    assert f'href="{de_donde}"' in texto
    with scopes_disabled():
        assert not Producto.objects.exists()


def test_no_lleva_a_otro_sitio(sin_ficha: Client) -> None:
    respuesta = sin_ficha.post("/productos/nuevo/", headers={"Referer": "https://otro.example/"})
    texto = respuesta.content.decode()
    assert "otro.example" not in texto
    assert 'href="/productos/nuevo/"' in texto


def test_con_htmx_lo_escrito_se_queda_y_se_avisa(sin_ficha: Client) -> None:
    respuesta = sin_ficha.post("/productos/nuevo/", headers={"HX-Request": "true"})
    assert respuesta.status_code == 403
    assert DICHO in json.loads(respuesta["HX-Trigger"])["avisar"]["texto"]


def test_tambien_antes_de_entrar_y_en_ingles() -> None:
    anonimo = Client(enforce_csrf_checks=True)
    anonimo.cookies["django_language"] = "en"
    respuesta = anonimo.post("/entrar/", {"username": "a@b.ec", "password": "x"})
    assert respuesta.status_code == 403
    assert "what you typed was not sent" in respuesta.content.decode()


def test_la_api_conserva_su_sobre(sin_ficha: Client) -> None:
    respuesta = sin_ficha.post("/api/v1/productos", {}, content_type="application/json")
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (403, "sin_permiso")
