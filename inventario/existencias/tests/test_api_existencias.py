"""Existencias: las de ahora y las de cualquier instante pasado."""

from __future__ import annotations

from typing import Any

import pytest

from inventario.cuentas.claves.services import crear_clave_api
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.nucleo.tests.mundo import ALCANCES, ClienteApi, cliente_con

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/existencias"


def test_ahora_responde_cada_cifra_y_el_reparto(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto("A-1", nombre="Balanceado")
    quieto = granja.producto("B-1")
    granja.entrada(producto, 10, vence=dia(5))
    granja.entrada(producto, 3, vence=dia(-1))
    granja.bloquear(granja.entrada(producto, 2, bodega=granja.otra))
    granja.entrada(producto, "1.5", bodega=granja.otra)
    granja.apartar(producto, 4)
    respuesta = cliente.get(RUTA)
    assert respuesta["X-Total-Count"] == "2"
    primero, segundo = respuesta.json()
    assert primero == {
        "producto_id": producto.pk,
        "producto_sku": "A-1",
        "producto_nombre": "Balanceado",
        "unidad": "kg",
        "al": "2026-03-10T15:00:00Z",
        "fisica": 16.5,
        "apartada": 4,
        "vencida": 3,
        "bloqueada": 2,
        "disponible": 7.5,
        "bodegas": [
            {
                "bodega": "principal",
                "fisica": 13,
                "apartada": 4,
                "vencida": 3,
                "bloqueada": 0,
                "disponible": 6,
            },
            {
                "bodega": "estanques",
                "fisica": 3.5,
                "apartada": 0,
                "vencida": 0,
                "bloqueada": 2,
                "disponible": 1.5,
            },
        ],
    }
    assert (segundo["producto_id"], segundo["fisica"], segundo["bodegas"]) == (quieto.pk, 0, [])
    alla = cliente.get(RUTA, {"bodega": "estanques", "sku": "a-1"}).json()
    assert [(p["fisica"], p["disponible"], len(p["bodegas"])) for p in alla] == [(3.5, 1.5, 1)]
    assert [p["producto_id"] for p in cliente.get(RUTA, {"producto_id": quieto.pk}).json()] == [quieto.pk]


def test_a_un_instante_cuenta_lo_efectivo_hasta_ahi(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    granja.entrada(producto, 10, fecha_ingreso=dia(-5))
    granja.reloj.avanzar(hours=-1)
    granja.fefo(producto, 4)
    granja.entrada(producto, "2.5", bodega=granja.otra)
    granja.producto("SIN-MOVER")

    def al(instante: str) -> list[tuple[float, dict[str, float]]]:
        respuesta = cliente.get(RUTA, {"al": instante})
        assert respuesta.status_code == 200, respuesta.json()
        return [(p["fisica"], {b["bodega"]: b["fisica"] for b in p["bodegas"]}) for p in respuesta.json()]

    # El día 5 empezó a las 05:00 UTC.
    assert al("2026-03-05T04:59:59Z") == []
    assert al("2026-03-05T00:00:00-05:00") == [(10, {"principal": 10})]
    assert al("2026-03-10T08:59:59-05:00") == [(10, {"principal": 10})]
    assert al("2026-03-10T09:00:00-05:00") == [(8.5, {"principal": 6, "estanques": 2.5})]
    assert al("2026-03-10T15:00:00+00:00") == al("2026-03-10T09:00:00-05:00")
    cuerpo = cliente.get(RUTA, {"al": "2026-03-05T00:00:00-05:00"}).json()[0]
    assert (cuerpo["al"], cuerpo["apartada"], cuerpo["disponible"]) == ("2026-03-05T05:00:00Z", None, None)
    # Un «+» sin codificar en la dirección llega como espacio.
    assert len(cliente.get(f"{RUTA}?al=2026-03-10T15:00:00+00:00").json()) == 1


def test_a_un_instante_muestra_lo_que_despues_se_elimino(granja: Mundo, cliente: ClienteApi) -> None:
    from inventario.productos.services import eliminar_producto

    producto = granja.producto()
    granja.entrada(producto, 10, fecha_ingreso=dia(-5))
    granja.fefo(producto, 10)
    eliminar_producto(actor=granja.actor, producto=producto)
    assert cliente.get(RUTA).json() == []
    entonces = cliente.get(RUTA, {"al": "2026-03-06T00:00:00Z"}).json()
    assert [(p["producto_id"], p["fisica"]) for p in entonces] == [(producto.pk, 10)]


@pytest.mark.parametrize(
    "al",
    [
        "2026-03-31T23:59:59",
        "2026-03-05",
        "ayer",
        "1772690400",
        "2026-03-10T15:00:01Z",
        "2026-03-31T23:59:59-05:00",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_a_un_instante_mal_dicho_o_futuro_es_422(granja: Mundo, cliente: ClienteApi, al: str) -> None:
    error = exigir_sobre(cliente.get(RUTA, {"al": al}), 422, "validacion")["errores"][0]
    assert (error["campo"], error["ubicacion"]) == ("al", "query")


def test_con_otra_consulta_imposible_es_422(granja: Mundo, cliente: ClienteApi) -> None:
    for consulta in ({"bodega": "no-hay"}, {"producto_id": "-1"}, {"skip": "x"}):
        exigir_sobre(cliente.get(RUTA, consulta), 422, "validacion")


def test_lo_de_otra_empresa_no_se_ve(granja: Mundo, ajeno: ClienteApi) -> None:
    granja.entrada(granja.producto(), 10)
    assert ajeno.get(RUTA).json() == []
    assert ajeno.get(RUTA, {"al": "2026-03-10T15:00:00Z"}).json() == []


def test_quien_esta_limitado_a_una_bodega_no_lee_las_demas(granja: Mundo) -> None:
    producto = granja.producto()
    suyo = granja.entrada(producto, 5, bodega=granja.otra)
    otro = granja.entrada(producto, 9)
    _, clave = crear_clave_api(
        empresa=granja.empresa, nombre="Estanques", alcances=ALCANCES, bodegas_permitidas=[granja.otra]
    )
    limitado, libre = cliente_con(clave), cliente_de(granja)
    v1 = "/api/v1/inventario"

    def ids(cliente: ClienteApi, ruta: str) -> list[Any]:
        return [fila["id"] for fila in cliente.get(f"{v1}/{ruta}").json()]

    assert (ids(limitado, "lotes"), ids(libre, "lotes")) == ([suyo.pk], [suyo.pk, otro.pk])
    assert (len(ids(limitado, "movimientos")), len(ids(limitado, "asientos"))) == (1, 1)
    assert limitado.get(f"{v1}/existencias").json()[0]["fisica"] == 5
    assert limitado.get(f"/api/v1/productos/{producto.pk}/kardex").json()["saldo_final"] == 5
    exigir_sobre(limitado.get(f"{v1}/lotes/{otro.pk}"), 404, "no_encontrado")
    exigir_sobre(limitado.get(f"{v1}/lotes/{otro.pk}/kardex"), 404, "no_encontrado")
    exigir_sobre(limitado.get(f"{v1}/existencias?bodega=principal"), 403, "sin_permiso")
    exigir_sobre(limitado.post(f"{v1}/salidas", {"lote_id": otro.pk, "cantidad": 1}), 404, "no_encontrado")
    assert (
        limitado.post(f"{v1}/despachar", {"producto_id": producto.pk, "cantidad": 1}).json()[0]["lote_id"]
        == suyo.pk
    )
