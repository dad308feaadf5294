"""Cuántas sentencias cuesta cada operación: no depende de cuántos lotes o líneas toque (decisión 35)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.movimientos import services
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services import LineaEntrada, LineaSalida
from inventario.movimientos.tests.mundo import Mundo, cant, dia
from inventario.productos.models import Producto

pytestmark = pytest.mark.postgresql

NO_CUENTAN = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config")


def sentencias(hacer: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captura:
        hacer()
    return sum(not consulta["sql"].startswith(NO_CUENTAN) for consulta in captura)


def _con_lotes(mundo: Mundo, sku: str, cuantos: int) -> Producto:
    producto = mundo.producto(sku)
    lineas = [LineaEntrada(producto, mundo.bodega, cant(10), vence_el=dia(i)) for i in range(cuantos)]
    services.registrar_entradas(actor=mundo.actor, lineas=lineas, reloj=mundo.reloj)
    return producto


@pytest.mark.parametrize("politica", list(Politica))
@pytest.mark.parametrize("con_apartados", [False, True])
def test_un_despacho_cuesta_lo_mismo_con_un_lote_que_con_cincuenta(
    mundo: Mundo, politica: Politica, con_apartados: bool
) -> None:
    producto = _con_lotes(mundo, "A", 60)
    despachar = mundo.fefo if politica == Politica.FEFO else mundo.peps
    if con_apartados:
        mundo.apartar(producto, 20, modulo="cria")
    con_uno = sentencias(lambda: despachar(producto, 1))
    # Con 50 lotes el UPDATE de lotes va en bloque, pero sigue siendo uno.
    con_cincuenta = sentencias(lambda: despachar(producto, 499))
    assert con_uno == con_cincuenta <= 9


def test_una_salida_de_un_lote_cuesta_a_lo_sumo_nueve(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    assert sentencias(lambda: mundo.salida(lote, 1)) <= 9
    assert sentencias(lambda: mundo.merma(lote, 1)) <= 9


def test_un_asiento_de_cincuenta_productos_cuesta_a_lo_sumo_doce(mundo: Mundo) -> None:
    productos = [mundo.producto(f"P-{numero}") for numero in range(50)]
    entradas = [LineaEntrada(producto, mundo.bodega, cant(10)) for producto in productos]
    salidas = [LineaSalida(producto, mundo.bodega, cant(3)) for producto in productos]

    def entrar(lineas: list[LineaEntrada]) -> None:
        services.registrar_entradas(actor=mundo.actor, lineas=lineas, reloj=mundo.reloj)

    def despachar(lineas: list[LineaSalida]) -> None:
        services.despachar_varios(actor=mundo.actor, lineas=lineas, politica=Politica.FEFO, reloj=mundo.reloj)

    # La primera vez crea además las existencias.
    assert sentencias(lambda: entrar(entradas)) <= 12
    assert sentencias(lambda: entrar(entradas[:1])) == sentencias(lambda: entrar(entradas)) <= 12
    assert sentencias(lambda: despachar(salidas[:1])) == sentencias(lambda: despachar(salidas)) <= 12


def test_revertir_trasladar_y_contar_no_crecen_con_las_lineas(mundo: Mundo) -> None:
    medidas: list[list[int]] = []
    for cuantos in (2, 30):
        producto = _con_lotes(mundo, f"R-{cuantos}", cuantos)
        salida = mundo.fefo(producto, 10 * cuantos)
        medidas.append(
            [
                sentencias(lambda salida=salida: mundo.revertir(salida)),  # type: ignore[misc]  # lambda con valor fijo
                sentencias(lambda producto=producto, cuantos=cuantos: _trasladar(mundo, producto, cuantos)),  # type: ignore[misc]  # ídem
            ]
        )
    assert medidas[0] == medidas[1]
    assert max(medidas[0]) <= 14


def _trasladar(mundo: Mundo, producto: Producto, cuantos: int) -> None:
    services.trasladar(
        actor=mundo.actor,
        producto=producto,
        cantidad=cant(10 * cuantos),
        desde=mundo.bodega,
        hacia=mundo.otra,
        politica=Politica.FEFO,
        reloj=mundo.reloj,
    )
