"""E10 y su vista previa: por FEFO, todo o nada."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo, cant, dia
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/despachar"
PREVIA = "/api/v1/inventario/despachar/vista-previa"
DE_TRANSACCION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")


def test_despachar_devuelve_los_lotes_en_el_orden_en_que_se_consumieron(
    granja: Mundo, cliente: ClienteApi
) -> None:
    producto = granja.producto()
    sin_fecha = granja.entrada(producto, 5)
    lejos = granja.entrada(producto, 5, vence=dia(40))
    nuevo = granja.entrada(producto, 5, vence=dia(5))
    hoy = granja.entrada(producto, 5, vence=dia(0))
    vencido = granja.entrada(producto, 5, vence=dia(-3))
    empatado = granja.entrada(producto, 5, vence=dia(5), fecha_ingreso=dia(-2))
    respuesta = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad": 22})
    assert respuesta.status_code == 200
    lineas = respuesta.json()
    assert [(linea["lote_id"], linea["cantidad"], linea["saldo_lote"]) for linea in lineas] == [
        (hoy.pk, 5, 0),
        (empatado.pk, 5, 0),
        (nuevo.pk, 5, 0),
        (lejos.pk, 5, 0),
        (sin_fecha.pk, 2, 3),
    ]
    assert {linea["tipo"] for linea in lineas} == {"salida"}
    assert len({linea["asiento_id"] for linea in lineas}) == 1
    assert granja.saldo(vencido) == 5


def test_despachar_lo_que_no_alcanza_es_400_con_reservado_y_vencido(
    granja: Mundo, cliente: ClienteApi
) -> None:
    producto = granja.producto("BAL-35")
    granja.entrada(producto, 10, vence=dia(9))
    granja.entrada(producto, 7, vence=dia(-1))
    granja.bloquear(granja.entrada(producto, 3))
    granja.apartar(producto, 4)
    antes = granja.foto()
    respuesta = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad": 6.5})
    cuerpo = exigir_sobre(respuesta, 400, "stock_insuficiente")
    assert "insuficiente" in cuerpo["detail"]
    assert "BAL-35" in cuerpo["detail"]
    error = cuerpo["errores"][0]
    assert [error[c] for c in ("solicitado", "disponible", "reservado", "vencido")] == [6.5, 6, 4, 7]
    previa = cliente.get(PREVIA, {"producto_id": producto.pk, "cantidad": 6.5})
    mismo = exigir_sobre(previa, 400, "stock_insuficiente")
    assert mismo["detail"] == cuerpo["detail"]
    assert mismo["errores"][0] == {**error, "ubicacion": "query"}
    assert granja.foto() == antes


def test_vista_previa_muestra_el_plan_y_no_escribe(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    a = granja.entrada(producto, 5, vence=dia(3), codigo="A")
    b = granja.entrada(producto, 5, vence=dia(9), codigo="B")
    antes = granja.foto()
    with CaptureQueriesContext(connection) as consultas:
        previa = cliente.get(PREVIA, {"producto_id": producto.pk, "cantidad": 7.5})
    assert previa.json() == [
        {
            "lote_id": a.pk,
            "lote_codigo": "A",
            "fecha_vencimiento": str(dia(3)),
            "cantidad": 5,
            "saldo_lote": 0,
        },
        {
            "lote_id": b.pk,
            "lote_codigo": "B",
            "fecha_vencimiento": str(dia(9)),
            "cantidad": 2.5,
            "saldo_lote": 2.5,
        },
    ]
    assert granja.foto() == antes
    escrituras = [
        c["sql"]
        for c in consultas
        if c["sql"].startswith(("INSERT", "UPDATE", "DELETE")) and "claveapi" not in c["sql"]
    ]
    assert escrituras == []
    hecho = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad": 7.5}).json()
    assert [(m["lote_id"], m["cantidad"]) for m in hecho] == [
        (toma["lote_id"], toma["cantidad"]) for toma in previa.json()
    ]


def test_despachar_en_la_bodega_que_se_nombre(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    aqui = granja.entrada(producto, 5)
    alla = granja.entrada(producto, 5, bodega=granja.otra)
    linea = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad": 2, "bodega": "estanques"}).json()[0]
    assert (linea["lote_id"], linea["bodega"]) == (alla.pk, "estanques")
    cuerpo = exigir_sobre(
        cliente.post(RUTA, {"producto_id": producto.pk, "cantidad": 6}), 400, "stock_insuficiente"
    )
    assert "en Bodega principal" in cuerpo["detail"]
    assert [granja.saldo(aqui), granja.saldo(alla)] == [cant(5), cant(3)]


def test_despachar_producto_desconocido_o_ajeno_es_404(
    granja: Mundo, cliente: ClienteApi, ajeno: ClienteApi
) -> None:
    producto = granja.producto()
    granja.entrada(producto, 5)
    antes = granja.foto()
    for quien, pk in ((cliente, producto.pk + 1), (ajeno, producto.pk)):
        exigir_sobre(quien.post(RUTA, {"producto_id": pk, "cantidad": 1}), 404, "no_encontrado")
        exigir_sobre(quien.get(PREVIA, {"producto_id": pk, "cantidad": 1}), 404, "no_encontrado")
    assert granja.foto() == antes


def test_despachar_por_modulo_gasta_lo_suyo(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    granja.entrada(producto, 10)
    granja.apartar(producto, 6, modulo="alimentacion", referencia="P-3")
    consulta: dict[str, Any] = {"producto_id": producto.pk, "cantidad": 9}
    exigir_sobre(cliente.get(PREVIA, consulta), 400, "stock_insuficiente")
    assert cliente.get(PREVIA, {**consulta, "modulo": "alimentacion"}).status_code == 200
    respuesta = cliente.post(RUTA, {**consulta, "modulo": "alimentacion", "tanque": "P-3"})
    assert respuesta.status_code == 200
    assert granja.apartada(producto) == 0


def test_despachar_con_motivo_de_perdida_es_422(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    granja.entrada(producto, 10)
    respuesta = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad": 1, "motivo": "merma"})
    error = exigir_sobre(respuesta, 422, "validacion")["errores"][0]
    assert error["mensaje"] == "Se admite: consumo, venta, otro."


@pytest.mark.postgresql
@pytest.mark.parametrize("lotes", [1, 50])
def test_despachar_cuesta_hasta_14_sentencias_con_clave_e_idempotencia(
    granja: Mundo, cliente: ClienteApi, lotes: int
) -> None:
    producto = granja.producto()
    for n in range(lotes):
        granja.entrada(producto, 2, vence=dia(n))
    with CaptureQueriesContext(connection) as consultas:
        respuesta = cliente.post(
            RUTA,
            {"producto_id": producto.pk, "cantidad": lotes * 2},
            HTTP_IDEMPOTENCY_KEY="k",
        )
    assert len(respuesta.json()) == lotes
    sentencias = [c["sql"] for c in consultas if not c["sql"].startswith(DE_TRANSACCION)]
    assert len(sentencias) <= 14, "\n".join(s[:120] for s in sentencias)
