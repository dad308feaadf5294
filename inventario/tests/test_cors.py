"""El navegador de otro origen: a quién se le deja leer y qué puede mandar (contrato biofloc §1.9)."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

GRANJA = "https://granja.ejemplo.com"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def con_origen(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [GRANJA]


def test_el_origen_admitido_lee_tambien_los_errores(client: Client) -> None:
    respuesta = client.get("/api/v1/inventory/items", headers={"Origin": GRANJA})
    assert respuesta.status_code == 401
    assert respuesta["Access-Control-Allow-Origin"] == GRANJA
    assert respuesta["Access-Control-Allow-Credentials"] == "true"
    assert "X-Request-ID" in respuesta["Access-Control-Expose-Headers"]


def test_preguntar_antes_dice_que_se_puede_mandar(client: Client) -> None:
    respuesta = client.options(
        "/api/v1/inventory/stock/use-batch",
        headers={
            "Origin": GRANJA,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,idempotency-key,x-api-key",
        },
    )
    assert respuesta.status_code == 200
    admitidas = respuesta["Access-Control-Allow-Headers"]
    assert {"authorization", "idempotency-key", "x-api-key", "content-type"} <= set(admitidas.split(", "))
    verbos = set(respuesta["Access-Control-Allow-Methods"].split(", "))
    assert {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} <= verbos


def test_puede_usar_la_version_y_las_paginas_de_la_api_en_espanol(client: Client) -> None:
    pregunta = {"Origin": GRANJA, "Access-Control-Request-Method": "PUT"}
    admite = client.options("/api/v1/productos/1", headers=pregunta)["Access-Control-Allow-Headers"]
    assert "if-match" in admite.split(", ")
    muestra = client.get("/api/v1/productos", headers={"Origin": GRANJA})["Access-Control-Expose-Headers"]
    assert {"ETag", "Link", "X-Total-Count"} <= set(muestra.split(", "))


@pytest.mark.parametrize(
    ("direccion", "origen"),
    [("/api/v1/inventory/items", "https://otro.ejemplo.com"), ("/entrar/", GRANJA)],
)
def test_a_los_demas_no_se_les_dice_nada(client: Client, direccion: str, origen: str) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(direccion, headers={"Origin": origen})


def test_toda_respuesta_dice_cuanto_tardo(client: Client) -> None:
    assert 0 < float(client.get("/health")["X-Process-Time"]) < 60
