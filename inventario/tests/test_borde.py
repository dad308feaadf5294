"""Lo que toda respuesta lleva y quién se cree que pregunta."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.test import Client
from pytest_django import Settings

from inventario.vigilancia.bitacora import FormatoJson


@pytest.mark.django_db
def test_responder_lleva_las_cabeceras_de_seguridad(client: Client) -> None:
    respuesta = client.get("/entrar/")
    assert respuesta.status_code == 200
    politica = respuesta["Content-Security-Policy"]
    assert "default-src 'none'" in politica
    assert "unsafe" not in politica
    assert respuesta["X-Frame-Options"] == "DENY"
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert respuesta["Referrer-Policy"] == "same-origin"
    assert respuesta["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in respuesta["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in client.get("/entrar/", headers={"Origin": "https://otro.ec"})


@pytest.mark.django_db
def test_entrar_con_demasiados_intentos_bloquea_en_espanol(client: Client, settings: Settings) -> None:
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 2
    datos = {"username": "nadie@inventario.local", "password": "mala"}
    assert client.post("/entrar/", datos).status_code == 200
    bloqueo = client.post("/entrar/", datos)
    assert bloqueo.status_code == 429
    assert "Demasiados intentos" in bloqueo.content.decode()
    otro = client.post("/entrar/", {**datos, "username": "otra@inventario.local"})
    assert otro.status_code == 200


def test_registrar_en_json_escribe_una_linea_con_todo() -> None:
    try:
        raise ValueError("dos\nlíneas")
    except ValueError:
        hecho = logging.LogRecord("origen", logging.ERROR, __file__, 1, "Falló %s", ("algo",), sys.exc_info())
    hecho.empresa = object()
    linea = FormatoJson().format(hecho)
    assert "\n" not in linea
    escrito = json.loads(linea)
    assert (escrito["nivel"], escrito["origen"], escrito["mensaje"]) == ("ERROR", "origen", "Falló algo")
    assert "ValueError: dos\nlíneas" in escrito["excepcion"]
    assert escrito["empresa"].startswith("<object")
