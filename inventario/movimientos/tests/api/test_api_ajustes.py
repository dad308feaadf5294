"""R-01: ajustar un lote o un producto, con motivo y justificación."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo, cant, dia
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/ajustes"
POR_QUE: dict[str, Any] = {"motivo": "conteo", "justificacion": "Conteo físico de marzo"}


@pytest.mark.parametrize(
    ("pedido", "nueva", "tipo"),
    [
        ({"cantidad_contada": 46.5}, "46.5", "ajuste_negativo"),
        ({"cantidad_contada": 0}, "0", "ajuste_negativo"),
        ({"cantidad_contada": 52}, "52", "ajuste_positivo"),
        ({"diferencia": -3.5}, "46.5", "ajuste_negativo"),
        ({"diferencia": "0.0001"}, "50.0001", "ajuste_positivo"),
    ],
)
def test_ajustar_un_lote_responde_antes_y_despues(
    granja: Mundo, cliente: ClienteApi, pedido: dict[str, Any], nueva: str, tipo: str
) -> None:
    lote = granja.entrada(granja.producto(), 50, costo=2)
    respuesta = cliente.post(RUTA, {"lote_id": lote.pk, **pedido, **POR_QUE})
    assert respuesta.status_code == 201, respuesta.json()
    cuerpo = respuesta.json()
    diferencia = Decimal(nueva) - 50
    assert (cuerpo["cantidad_anterior"], cuerpo["cantidad_nueva"], cuerpo["diferencia"]) == (
        50,
        float(nueva),
        float(diferencia),
    )
    asiento = Asiento.objects.get(pk=cuerpo["asiento_id"])
    assert (asiento.tipo, asiento.motivo, asiento.motivo_texto) == (
        "ajuste",
        "conteo",
        "Conteo físico de marzo",
    )
    (linea,) = cuerpo["movimientos"]
    assert (linea["tipo"], linea["cantidad"], linea["saldo_lote"], linea["usuario"], linea["motivo"]) == (
        tipo,
        float(abs(diferencia)),
        float(nueva),
        "Prueba",
        "conteo",
    )
    assert linea["justificacion"] == "Conteo físico de marzo"
    assert granja.saldo(lote) == Decimal(nueva)


@pytest.mark.parametrize("pedido", [{"cantidad_contada": 50}, {"diferencia": 0}, {"diferencia": "-0.0"}])
def test_ajustar_sin_diferencia_es_200_y_no_mueve(
    granja: Mundo, cliente: ClienteApi, pedido: dict[str, Any]
) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 50)
    antes = granja.foto()
    for cual in ({"lote_id": lote.pk}, {"producto_id": producto.pk}):
        respuesta = cliente.post(RUTA, {**cual, **pedido, **POR_QUE})
        assert respuesta.status_code == 200
        assert respuesta.json() == {
            "asiento_id": None,
            "cantidad_anterior": 50,
            "cantidad_nueva": 50,
            "diferencia": 0,
            "movimientos": [],
        }
    assert granja.foto() == antes


def test_contar_de_menos_un_producto_saca_vencido_bloqueado_y_lo_mas_antiguo(
    granja: Mundo, cliente: ClienteApi
) -> None:
    producto = granja.producto()
    viejo = granja.entrada(producto, 10, fecha_ingreso=dia(-9))
    bloqueado = granja.entrada(producto, 5)
    granja.bloquear(bloqueado)
    vencido = granja.entrada(producto, 5, vence=dia(-1))
    respuesta = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad_contada": 8, **POR_QUE})
    cuerpo = respuesta.json()
    assert (cuerpo["cantidad_anterior"], cuerpo["cantidad_nueva"], cuerpo["diferencia"]) == (20, 8, -12)
    assert [(m["lote_id"], m["cantidad"]) for m in cuerpo["movimientos"]] == [
        (vencido.pk, 5),
        (bloqueado.pk, 5),
        (viejo.pk, 2),
    ]


def test_contar_de_mas_un_producto_abre_su_lote_al_ultimo_costo(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    granja.entrada(producto, 10, costo="2.5", vence=dia(20), bodega=granja.otra)
    respuesta = cliente.post(
        RUTA, {"producto_id": producto.pk, "diferencia": 3, "bodega": "estanques", **POR_QUE}
    )
    cuerpo = respuesta.json()
    assert (cuerpo["cantidad_anterior"], cuerpo["cantidad_nueva"]) == (10, 13)
    nuevo = Lote.objects.get(pk=cuerpo["movimientos"][0]["lote_id"])
    assert (nuevo.procedencia, nuevo.costo_unitario, nuevo.vence_el) == ("conteo", Decimal("2.5"), dia(20))
    assert nuevo.bodega_id == granja.otra.pk


def test_contar_un_producto_que_nunca_entro_en_cero_es_200(granja: Mundo, cliente: ClienteApi) -> None:
    respuesta = cliente.post(RUTA, {"producto_id": granja.producto().pk, "cantidad_contada": 0, **POR_QUE})
    assert (respuesta.status_code, respuesta.json()["cantidad_nueva"]) == (200, 0)


def test_ajustar_bajo_cero_es_400(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 50)
    antes = granja.foto()
    for cual in ({"lote_id": lote.pk}, {"producto_id": producto.pk}):
        respuesta = cliente.post(RUTA, {**cual, "diferencia": -50.0001, **POR_QUE})
        exigir_sobre(respuesta, 400, "stock_insuficiente")
    assert granja.foto() == antes


def test_contar_menos_de_lo_prometido_manda_la_realidad(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 50)
    granja.apartar(producto, 40)
    respuesta = cliente.post(RUTA, {"lote_id": lote.pk, "cantidad_contada": 30, **POR_QUE})
    assert respuesta.status_code == 201
    assert [granja.fisica(producto), granja.apartada(producto)] == [cant(30), cant(40)]


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"motivo": None}, "motivo"),
        ({"motivo": "consumo"}, "motivo"),
        ({"motivo": "compra"}, "motivo"),
        ({"justificacion": None}, "justificacion"),
        ({"justificacion": "corta"}, "justificacion"),
        ({"justificacion": "    nueve9  "}, "justificacion"),
        ({"diferencia": 1}, "cantidad_contada"),
        ({"cantidad_contada": ...}, "cantidad_contada"),
        ({"cantidad_contada": -1}, "cantidad_contada"),
        ({"cantidad_contada": 1.00001}, "cantidad_contada"),
        ({"cantidad_contada": ..., "diferencia": 10**11}, "diferencia"),
        ({"cantidad_contada": ..., "diferencia": -(10**11)}, "diferencia"),
        ({"producto_id": 1}, "lote_id"),
        ({"lote_id": ...}, "lote_id"),
        ({"bodega": "principal"}, "bodega"),
    ],
)
def test_ajustar_con_un_dato_imposible_es_422(
    granja: Mundo, cliente: ClienteApi, cambios: dict[str, Any], campo: str
) -> None:
    lote = granja.entrada(granja.producto(), 50)
    antes = granja.foto()
    cuerpo = {"lote_id": lote.pk, "cantidad_contada": 10, **POR_QUE, **cambios}
    cuerpo = {clave: valor for clave, valor in cuerpo.items() if valor is not ...}
    respuesta = cliente.post(RUTA, cuerpo)
    assert exigir_sobre(respuesta, 422, "validacion")["errores"][0]["campo"] == campo
    assert granja.foto() == antes


def test_contar_media_pieza_es_422(granja: Mundo, cliente: ClienteApi) -> None:
    lote = granja.entrada(granja.producto(unidad=granja.pieza), 50)
    respuesta = cliente.post(RUTA, {"lote_id": lote.pk, "cantidad_contada": 1.5, **POR_QUE})
    assert exigir_sobre(respuesta, 422)["errores"][0]["campo"] == "cantidad_contada"


def test_ajustar_sin_el_alcance_es_403(granja: Mundo) -> None:
    lote = granja.entrada(granja.producto(), 50)
    lector = cliente_de(granja, "inventory:read")
    exigir_sobre(lector.post(RUTA, {"lote_id": lote.pk, "diferencia": 1, **POR_QUE}), 403, "sin_permiso")


def test_ajustar_lo_ajeno_es_404(granja: Mundo, ajeno: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 50)
    antes = granja.foto()
    for cual in ({"lote_id": lote.pk}, {"producto_id": producto.pk}):
        exigir_sobre(ajeno.post(RUTA, {**cual, "diferencia": 1, **POR_QUE}), 404, "no_encontrado")
    assert granja.foto() == antes
