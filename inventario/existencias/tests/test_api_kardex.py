"""El kárdex: por fecha efectiva, con la cuenta corrida."""

from __future__ import annotations

from typing import Any

import pytest

from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db


def del_producto(pk: int) -> str:
    return f"/api/v1/productos/{pk}/kardex"


def del_lote(pk: int) -> str:
    return f"/api/v1/inventario/lotes/{pk}/kardex"


def cuenta(respuesta: Any) -> tuple[float, list[tuple[float, float, float]], float]:
    assert respuesta.status_code == 200, respuesta.json()
    cuerpo = respuesta.json()
    lineas = [(linea["entra"], linea["sale"], linea["saldo"]) for linea in cuerpo["lineas"]]
    return cuerpo["saldo_inicial"], lineas, cuerpo["saldo_final"]


@pytest.fixture
def historia(granja: Mundo) -> dict[str, Any]:
    """Día 10: entran 10 y salen 4. Día 11: llega, con fecha del 5, una entrada de 6; se pierde 1."""
    producto = granja.producto()
    lote = granja.entrada(producto, 10)
    granja.fefo(producto, 4)
    granja.reloj.avanzar(days=1)
    granja.entrada(producto, 6, fecha_ingreso=dia(-5), bodega=granja.otra)
    granja.merma(lote, "0.5")
    return {"producto": producto, "lote": lote}


def test_kardex_de_producto_corre_por_fecha_efectiva(cliente: ClienteApi, historia: dict[str, Any]) -> None:
    respuesta = cliente.get(del_producto(historia["producto"].pk))
    assert cuenta(respuesta) == (0, [(6, 0, 6), (10, 0, 16), (0, 4, 12), (0, 0.5, 11.5)], 11.5)
    assert respuesta.json()["siguiente"] is None
    linea = respuesta.json()["lineas"][2]
    assert (linea["tipo"], linea["cantidad"], linea["saldo_lote"]) == ("salida", 4, 6)


def test_kardex_de_lote_es_solo_el_suyo(cliente: ClienteApi, historia: dict[str, Any]) -> None:
    respuesta = cliente.get(del_lote(historia["lote"].pk))
    assert cuenta(respuesta) == (0, [(10, 0, 10), (0, 4, 6), (0, 0.5, 5.5)], 5.5)


@pytest.mark.parametrize(
    ("consulta", "esperado"),
    [
        ({"desde": "2026-03-10"}, (6, [(10, 0, 16), (0, 4, 12), (0, 0.5, 11.5)], 11.5)),
        ({"desde": "2026-03-10", "hasta": "2026-03-10"}, (6, [(10, 0, 16), (0, 4, 12)], 12)),
        ({"hasta": "2026-03-09"}, (0, [(6, 0, 6)], 6)),
        ({"desde": "2026-03-06", "hasta": "2026-03-09"}, (6, [], 6)),
        ({"desde": "2026-04-01"}, (11.5, [], 11.5)),
        ({"bodega": "estanques"}, (0, [(6, 0, 6)], 6)),
        ({"bodega": "principal", "desde": "2026-03-11"}, (6, [(0, 0.5, 5.5)], 5.5)),
    ],
)
def test_kardex_en_un_rango_abre_y_cierra_con_su_saldo(
    cliente: ClienteApi, historia: dict[str, Any], consulta: dict[str, str], esperado: Any
) -> None:
    assert cuenta(cliente.get(del_producto(historia["producto"].pk), consulta)) == esperado


def test_kardex_por_paginas_encadena_los_saldos(cliente: ClienteApi, historia: dict[str, Any]) -> None:
    ruta = del_producto(historia["producto"].pk)
    primera = cliente.get(ruta, {"limit": 2})
    assert cuenta(primera) == (0, [(6, 0, 6), (10, 0, 16)], 16)
    assert 'rel="next"' in primera["Link"]
    segunda = cliente.get(ruta, {"limit": 2, "cursor": primera.json()["siguiente"]})
    assert cuenta(segunda) == (16, [(0, 4, 12), (0, 0.5, 11.5)], 11.5)
    assert segunda.json()["siguiente"] is None


def test_kardex_con_cursor_ajeno_o_tocado_es_422(cliente: ClienteApi, historia: dict[str, Any]) -> None:
    ruta = del_producto(historia["producto"].pk)
    cursor = cliente.get(ruta, {"limit": 1}).json()["siguiente"]
    de_lote = cliente.get(del_lote(historia["lote"].pk), {"limit": 1}).json()["siguiente"]
    for malo in (cursor[:-1], "x", "2026-03-10T00:00:00|1", de_lote, "ñ" * 300):
        cuerpo = exigir_sobre(cliente.get(ruta, {"cursor": malo}), 422, "validacion")
        assert (cuerpo["errores"][0]["campo"], cuerpo["errores"][0]["ubicacion"]) == ("cursor", "query")


@pytest.mark.parametrize(
    "consulta",
    [
        {"desde": "2026-03-11", "hasta": "2026-03-10"},
        {"desde": "ayer"},
        {"limit": "0"},
        {"limit": "501"},
        {"bodega": "no-hay"},
    ],
)
def test_kardex_con_una_consulta_imposible_es_422(
    cliente: ClienteApi, historia: dict[str, Any], consulta: dict[str, str]
) -> None:
    exigir_sobre(cliente.get(del_producto(historia["producto"].pk), consulta), 422, "validacion")


@pytest.mark.parametrize("pk", ["0", "999999", str(2**63), "9" * 30])
def test_kardex_de_lo_que_no_hay_es_404(granja: Mundo, cliente: ClienteApi, pk: str) -> None:
    exigir_sobre(cliente.get(f"/api/v1/productos/{pk}/kardex"), 404, "no_encontrado")
    exigir_sobre(cliente.get(f"/api/v1/inventario/lotes/{pk}/kardex"), 404, "no_encontrado")


def test_kardex_ajeno_es_404(ajeno: ClienteApi, historia: dict[str, Any]) -> None:
    exigir_sobre(ajeno.get(del_producto(historia["producto"].pk)), 404, "no_encontrado")
    exigir_sobre(ajeno.get(del_lote(historia["lote"].pk)), 404, "no_encontrado")
