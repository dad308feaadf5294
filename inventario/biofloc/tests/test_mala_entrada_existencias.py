"""Nada de lo que se mande a las existencias es un 500 ni mueve algo sin querer (apéndice B, 1 y 19)."""

from __future__ import annotations

from typing import Any

import pytest

from herramientas.matriz import matriz
from inventario.biofloc.tests.mundo_de_ejemplo import RAIZ, TANQUE, Granja, campos, movimientos
from inventario.biofloc.tests.test_mala_entrada import MALOS, exigir_rechazo

pytestmark = pytest.mark.django_db

BUENOS: dict[str, dict[str, Any]] = {
    "stock/add": {
        "item_master_id": None,
        "quantity": 1,
        "unit_cost": 1,
        "purchase_date": "2024-05-01",
        "supplier_id": None,
        "batch_number": "L",
        "expiry_date": None,
        "po_number": "P",
        "notes": "N",
    },
    "stock/use": {
        "item_master_id": None,
        "quantity": 1,
        "purpose": "Feed",
        "module_reference": "m",
        "tank_id": 1,
        "notes": "N",
    },
    "stock/adjust": {
        "item_master_id": None,
        "adjustment_type": "increase",
        "quantity_change": 1,
        "reason": "Count",
        "notes": "N",
    },
    "stock/use-batch": {
        "deductions": [{"sku": "CR-12", "quantity": 1}],
        "module_reference": "biofloc",
        "tank_id": "t",
        "batch_id": TANQUE,
        "session_number": 1,
        "global_notes": "N",
    },
    "items/bulk-fetch": {
        "item_ids": [1],
        "skus": ["CR-12"],
        "include_stock": True,
        "include_batches": True,
        "include_reserved": True,
    },
    "stock/reserve": {
        "item_id": None,
        "quantity": 1,
        "module_reference": "biofloc",
        "reference_id": TANQUE,
        "duration_hours": 1,
        "notes": "N",
    },
}


def _bueno(granja: Granja, ruta: str) -> dict[str, Any]:
    cuerpo = dict(BUENOS[ruta])
    for nombre in ("item_master_id", "item_id"):
        if nombre in cuerpo:
            cuerpo[nombre] = granja.ids["CR-12"]
    return cuerpo


@pytest.mark.parametrize("ruta", BUENOS)
def test_cualquier_cosa_en_un_campo_nunca_es_un_error_nuestro(granja: Granja, ruta: str) -> None:
    for campo in BUENOS[ruta]:
        for malo in (*MALOS, *matriz(([{"sku": [], "quantity": {}}], [None], [[]], [{}]))):
            antes = movimientos(granja)
            respuesta = granja.post(ruta, {**_bueno(granja, ruta), campo: malo})
            assert respuesta.status_code < 500, (campo, malo, respuesta.content)
            if respuesta.status_code >= 400:
                exigir_rechazo(respuesta, (campo, malo))
                assert movimientos(granja) == antes
    granja.comprobar()


@pytest.mark.parametrize("ruta", BUENOS)
def test_un_cuerpo_que_no_es_un_objeto_se_rechaza(granja: Granja, ruta: str) -> None:
    for crudo in (b"[]", b"[1]", b"7", b'"x"', b"null", b"{", b'{"quantity": NaN}', b'{"a": 1, "a": 2}', b""):
        respuesta = granja.cliente.crudo(f"{RAIZ}/{ruta}", crudo)
        assert respuesta.status_code == 422, crudo
        exigir_rechazo(respuesta, crudo)


@pytest.mark.parametrize("ruta", BUENOS)
def test_solo_admite_json_y_los_metodos_suyos(granja: Granja, ruta: str) -> None:
    formulario = granja.cliente.crudo(f"{RAIZ}/{ruta}", b"a=1", tipo="application/x-www-form-urlencoded")
    assert formulario.status_code == 415
    exigir_rechazo(formulario, ruta)
    assert granja.cliente.get(f"{RAIZ}/{ruta}").json() == {"detail": "Method Not Allowed"}


@pytest.mark.parametrize(
    ("ruta", "parametros"),
    [
        ("transactions", "days_back page limit"),
        ("stock/adjustments", "item_id days_back page limit"),
        ("stock/reservations", "item_id page limit"),
        ("module/biofloc/consumption", "days_back start_date end_date"),
    ],
)
def test_preguntar_mal_responde_422(granja: Granja, ruta: str, parametros: str) -> None:
    for parametro in parametros.split():
        for malo in matriz(("abc", "1.5", "NaN", "٣", "null"), ("-1", "9" * 30), ("a\x00b",)):
            respuesta = granja.get(ruta, **{parametro: malo})
            assert respuesta.status_code == 422, (parametro, malo)
            exigir_rechazo(respuesta, (parametro, malo))
            assert respuesta.json()["errors"][0]["field"] == f"query -> {parametro}"


@pytest.mark.parametrize("ruta", ["transactions", "stock/adjustments", "stock/reservations"])
def test_preguntar_por_una_pagina_lejana_da_ninguna(granja: Granja, ruta: str) -> None:
    granja.ajustar("CR-12", "decrease", 1)
    granja.reservada("CR-12", 1)
    cuerpo = granja.get(ruta, page=2**31 - 1, limit=500).json()
    assert cuerpo["total"] > 0
    assert [valor for valor in cuerpo.values() if isinstance(valor, list)] == [[]]


def test_lo_que_no_cabe_en_el_libro_es_422_y_no_entra(granja: Granja) -> None:
    granja.item("BIG", "Big feed")
    granja.agregar("BIG", "99999999999.9999", "99999999999.9999")
    antes = movimientos(granja)
    cuerpo = {"item_master_id": granja.ids["BIG"], "unit_cost": 0, "purchase_date": "2024-01-01"}
    assert campos(granja.post("stock/add", {**cuerpo, "quantity": "0.0001"})) == ["body -> quantity"]
    assert campos(granja.ajustar("BIG", "increase", "0.0001")) == ["body -> quantity_change"]
    assert movimientos(granja) == antes
    usado = granja.usar("BIG", "99999999999.9999").json()
    assert usado["total_cost"] == "9999999999999980000000.00"
    assert usado["weighted_avg_cost"] == "99999999999.9999"


def test_cuatro_decimales_se_guardan_y_se_devuelven_exactos(granja: Granja) -> None:
    """Apéndice B, 19."""
    granja.item("FINE", "Fine feed")
    granja.agregar("FINE", "1.2345", "0.0001")
    assert granja.usar("FINE", "0.0001").json()["quantity_used"] == "0.0001"
    assert granja.hay("FINE") == 1.2344
    assert granja.usar("FINE", "0.00001").status_code == 422
    assert granja.reservar("FINE", "0.001").status_code == 422
    assert granja.reservar("FINE", "0.0123").json()["quantity"] == 0.0123
