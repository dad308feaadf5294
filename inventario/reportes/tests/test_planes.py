"""Los reportes entran por su índice en un libro grande (PostgreSQL, sin empujar al planificador)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from inventario.movimientos.tests.mundo import HOY, Mundo, dia
from inventario.movimientos.tests.volumen import llenar, planes_de
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Producto
from inventario.reportes import informes
from inventario.reportes.ambito import ambito_de

pytestmark = pytest.mark.postgresql
LOTES, MOVIMIENTOS = "lotes_lote", "movimientos_movimiento"


@pytest.fixture
def lleno(db: None) -> Iterator[Mundo]:
    mundo = Mundo.crear()
    with en_empresa(mundo.empresa):
        llenar(mundo, productos=40, lotes=8_000, movimientos=30_000)
        yield mundo


def test_lo_de_pocos_dias_no_recorre_el_libro_entero(lleno: Mundo) -> None:
    ambito = ambito_de(lleno.actor, ahora=lleno.reloj.ahora)
    hace = HOY - timedelta(days=6)
    producto = Producto.objects.get(sku="V-3")
    rango = informes.movimientos_en_rango(ambito, desde=hace, hasta=HOY)
    reportes: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
        "por vencer": (lambda: informes.lotes_por_vencer(ambito, dias=30), ("lote_por_vencer",)),
        "sin usarse": (
            lambda: informes.vencera_sin_usarse(ambito, dias_de_consumo=7, horizonte=30),
            ("lote_por_vencer", "movimiento_fecha"),
        ),
        "página de un rango": (lambda: list(rango.consulta[:50]), ("movimiento_fecha",)),
        "totales de un rango": (rango.totales, ("movimiento_fecha",)),
        "tandas de un rango": (
            lambda: list(rango.por_tandas(hasta_id=2**31, tanda=100)),
            ("movimiento_fecha",),
        ),
        "página de un producto": (
            lambda: list(
                informes.movimientos_en_rango(
                    ambito, desde=dia(-60), hasta=HOY, producto_id=producto.pk
                ).consulta[:50]
            ),
            ("movimiento_producto",),
        ),
        "mermas": (
            lambda: informes.mermas(ambito, desde=dia(-1), hasta=HOY),
            ("movimiento_poco_comun",),
        ),
        "consumo": (
            lambda: informes.consumo_por_modulo(ambito, desde=dia(-1), hasta=HOY),
            ("movimiento_fecha",),
        ),
        "rotación": (lambda: informes.rotacion(ambito, dias=7), ("movimiento_fecha",)),
    }
    sin_indice, recorren = {}, {}
    for nombre, (hacer, indices) in reportes.items():
        planes = planes_de(hacer)
        usados = frozenset[str]().union(*(plan.indices for plan in planes))
        if not all(any(uno.startswith(indice) for uno in usados) for indice in indices):
            sin_indice[nombre] = usados
        recorridas = frozenset[str]().union(*(plan.recorridas for plan in planes))
        # La rotación es de todo lo que hay: con un lote de cada cuatro con saldo, leerlos todos es justo.
        if recorridas - ({LOTES} if nombre == "rotación" else set()):
            recorren[nombre] = recorridas
    assert (sin_indice, recorren) == ({}, {})


def test_el_valor_en_un_instante_se_suma_en_una_sola_pasada(lleno: Mundo) -> None:
    """Es la historia entera hasta ahí: se recorre una vez y nada más."""
    ambito = ambito_de(lleno.actor, ahora=lleno.reloj.ahora)
    instante = lleno.reloj.ahora - timedelta(days=365)
    planes = planes_de(lambda: informes.valorizacion(ambito, instante=instante))
    assert [plan.recorridas for plan in planes if plan.recorridas] == [{MOVIMIENTOS}]
    cerca = planes_de(lambda: informes.valorizacion(ambito, instante=lleno.reloj.ahora - timedelta(days=720)))
    assert any(indice.startswith("movimiento_") for plan in cerca for indice in plan.indices)
