"""Traslados entre bodegas."""

from __future__ import annotations

from typing import Any

import pytest

from inventario.lotes.models import Lote
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo, cant, dia
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/traslados"


def test_trasladar_un_producto_por_fefo_abre_los_mismos_lotes_alla(
    granja: Mundo, cliente: ClienteApi
) -> None:
    producto = granja.producto()
    b = granja.entrada(producto, 5, vence=dia(9), codigo="B", costo=3)
    a = granja.entrada(producto, 5, vence=dia(3), codigo="A", costo=2)
    respuesta = cliente.post(
        RUTA,
        {
            "producto_id": producto.pk,
            "cantidad": 7,
            "hacia": "estanques",
            "politica": "fefo",
            "referencia": "T-1",
        },
    )
    assert respuesta.status_code == 201, respuesta.json()
    cuerpo = respuesta.json()
    assert (cuerpo["tipo"], cuerpo["motivo"], cuerpo["referencia"], cuerpo["revierte_id"]) == (
        "traslado",
        "traslado",
        "T-1",
        None,
    )
    assert [(m["tipo"], m["bodega"], m["cantidad"], m["lote_codigo"]) for m in cuerpo["movimientos"]] == [
        ("traslado_salida", "principal", 5, "A"),
        ("traslado_entrada", "estanques", 5, "A"),
        ("traslado_salida", "principal", 2, "B"),
        ("traslado_entrada", "estanques", 2, "B"),
    ]
    copia = Lote.objects.get(pk=cuerpo["movimientos"][1]["lote_id"])
    ficha = cliente.get(f"/api/v1/inventario/lotes/{copia.pk}").json()
    assert (ficha["procedencia"], ficha["origen_id"], ficha["raiz_id"], ficha["costo_unitario"]) == (
        "traslado",
        a.pk,
        a.pk,
        2,
    )
    assert [granja.saldo(a), granja.saldo(b)] == [cant(0), cant(3)]
    assert [granja.fisica(producto), granja.fisica(producto, granja.otra)] == [cant(3), cant(7)]


def test_trasladar_por_peps_sale_lo_que_entro_primero(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    primero = granja.entrada(producto, 5, vence=dia(90), fecha_ingreso=dia(-5))
    granja.entrada(producto, 5, vence=dia(3))
    cuerpo = {"producto_id": producto.pk, "cantidad": 4, "hacia": "estanques", "politica": "peps"}
    assert cliente.post(RUTA, cuerpo).json()["movimientos"][0]["lote_id"] == primero.pk


def test_trasladar_un_lote_nombrado_desde_donde_este(granja: Mundo, cliente: ClienteApi) -> None:
    lote = granja.entrada(granja.producto(), 5, bodega=granja.otra, vence=dia(-1))
    respuesta = cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 2, "hacia": "principal"})
    assert respuesta.status_code == 201
    assert [m["bodega"] for m in respuesta.json()["movimientos"]] == ["estanques", "principal"]


def test_trasladar_lo_que_no_alcanza_es_400(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 5)
    granja.apartar(producto, 2)
    antes = granja.foto()
    resto = {"cantidad": 4, "hacia": "estanques"}
    for cual in ({"lote_id": lote.pk}, {"producto_id": producto.pk, "politica": "fefo"}):
        exigir_sobre(cliente.post(RUTA, {**cual, **resto}), 400, "stock_insuficiente")
    assert granja.foto() == antes


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"politica": ...}, "politica"),
        ({"politica": "lifo"}, "politica"),
        ({"hacia": ...}, "hacia"),
        ({"hacia": "no-hay"}, "hacia"),
        ({"hacia": "principal"}, "hacia"),
        ({"desde": "no-hay"}, "desde"),
        ({"lote_id": 1}, "lote_id"),
        ({"producto_id": ...}, "lote_id"),
        ({"producto_id": ..., "lote_id": 1, "desde": "principal"}, "desde"),
        ({"cantidad": 0}, "cantidad"),
    ],
)
def test_trasladar_con_un_dato_imposible_es_422(
    granja: Mundo, cliente: ClienteApi, cambios: dict[str, Any], campo: str
) -> None:
    producto = granja.producto()
    granja.entrada(producto, 5)
    antes = granja.foto()
    cuerpo = {"producto_id": producto.pk, "cantidad": 1, "hacia": "estanques", "politica": "fefo", **cambios}
    cuerpo = {clave: valor for clave, valor in cuerpo.items() if valor is not ...}
    respuesta = cliente.post(RUTA, cuerpo)
    assert exigir_sobre(respuesta, 422, "validacion")["errores"][0]["campo"] == campo
    assert granja.foto() == antes


def test_trasladar_lo_ajeno_es_404(granja: Mundo, ajeno: ClienteApi) -> None:
    lote = granja.entrada(granja.producto(), 5)
    antes = granja.foto()
    exigir_sobre(
        ajeno.post(RUTA, {"lote_id": lote.pk, "cantidad": 1, "hacia": "principal"}), 404, "no_encontrado"
    )
    assert granja.foto() == antes
