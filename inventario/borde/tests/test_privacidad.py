"""Ninguna respuesta de la API queda guardada en el camino, tampoco las que se niegan."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("ruta", "estado"),
    [
        ("/api/v1/productos", 200),
        ("/api/v1/productos/999999", 404),
        ("/api/v1/productos?limit=x", 422),
        ("/api/v1/inventory/items", 200),
        ("/api/v1/nada-de-esto", 404),
        ("/api/v1/schema", 200),
    ],
)
def test_lo_que_responde_la_api_es_solo_de_quien_pide(cliente_api: Client, ruta: str, estado: int) -> None:
    respuesta = cliente_api.get(ruta)
    assert respuesta.status_code == estado
    assert respuesta["Cache-Control"] == "private, no-store"


def test_tampoco_se_guarda_lo_que_se_le_niega_a_un_desconocido(client: Client) -> None:
    respuesta = client.get("/api/v1/productos")
    assert (respuesta.status_code, respuesta["Cache-Control"]) == (401, "private, no-store")
