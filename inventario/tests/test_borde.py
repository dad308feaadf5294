"""Lo que toda respuesta lleva y quién se cree que pregunta."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from config import settings as configuracion
from inventario.vigilancia.bitacora import FormatoJson, FormatoLegible


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


@pytest.mark.parametrize("formato", [FormatoJson(), FormatoLegible()])
def test_el_registro_no_guarda_los_enlaces_que_abren_una_puerta(formato: logging.Formatter) -> None:
    rutas = (
        "/invitacion/1-1-6c02abc/",
        "/restablecer/0af-c3x-99ff/",
        "/entrar/?next=%2Finvitacion%2F1-1-6c02abc%2F",
    )
    try:
        raise ValueError(rutas[0])
    except ValueError:
        falla = sys.exc_info()
    for ruta in rutas:
        hecho = logging.LogRecord(
            "django.request", logging.WARNING, "", 1, "Unprocessable: %s", (ruta,), falla
        )
        hecho.request = RequestFactory().post(ruta)
        escrito = formato.format(hecho)
        assert "***" in escrito
        assert not any(codigo in escrito for codigo in ("6c02abc", "99ff"))


def test_toda_salida_del_registro_tapa_los_enlaces() -> None:
    formatos: Any = configuracion.LOGGING["formatters"]
    assert {formato["()"].rpartition(".")[2] for formato in formatos.values()} == {
        "FormatoJson",
        "FormatoLegible",
    }
