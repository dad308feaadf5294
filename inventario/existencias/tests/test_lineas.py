"""Listas e informes del libro: qué dicen, en qué orden y con cuántas consultas."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from inventario.existencias import lineas
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo, TipoMovimiento
from inventario.movimientos.tests.mundo import AHORA, CONTEO, MERMA, Mundo, cant, dia

pytestmark = pytest.mark.django_db

SIEMPRE = AHORA - timedelta(days=400)
CORRECCION = Glosa(motivo=Motivo.CORRECCION, texto="Se derramó")


def test_lineas_asentadas_van_de_la_ultima_registrada_a_la_primera(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10, costo=2, fecha_ingreso=dia(-200))
    mundo.reloj.avanzar(minutes=1)
    mundo.entrada(producto, 5, costo=3)
    mundo.reloj.avanzar(minutes=1)
    mundo.peps(producto, 12)
    pagina = lineas.lineas_asentadas(bodega=mundo.bodega, desde=AHORA)
    assert [(uno.cantidad, uno.fisica_tras) for uno in pagina.filas] == [
        (cant(-2), cant(3)),
        (cant(-10), cant(5)),
        (cant(5), cant(15)),
        (cant(10), cant(10)),
    ]
    assert pagina.total == 4
    segunda = lineas.lineas_asentadas(bodega=mundo.bodega, desde=AHORA, salto=2, limite=1)
    assert [uno.cantidad for uno in segunda.filas] == [cant(5)]
    assert segunda.total == 4
    lejana = lineas.lineas_asentadas(bodega=mundo.bodega, desde=AHORA, salto=9)
    assert (lejana.filas, lejana.total) == ([], 4)


def test_lineas_asentadas_filtra_por_producto_tipo_bodega_y_fecha(mundo: Mundo) -> None:
    uno, otro = mundo.producto("A"), mundo.producto("B")
    mundo.entrada(uno, 10)
    mundo.entrada(otro, 7)
    mundo.entrada(uno, 4, bodega=mundo.otra)
    mundo.reloj.avanzar(days=2)
    mundo.peps(uno, 1)

    def cantidades(**filtro: Any) -> list[Decimal]:
        campos: dict[str, Any] = {"bodega": mundo.bodega, "desde": SIEMPRE, **filtro}
        return [linea.cantidad for linea in lineas.lineas_asentadas(**campos).filas]

    assert cantidades() == [-1, 7, 10]
    assert cantidades(producto=uno.pk) == [-1, 10]
    assert cantidades(bodega=mundo.otra) == [4]
    assert cantidades(tipos=[TipoMovimiento.SALIDA]) == [-1]
    assert cantidades(tipos=[]) == []
    assert cantidades(desde=AHORA + timedelta(days=1)) == [-1]
    assert cantidades(compradas=True) == []
    assert cantidades(compradas=False) == [-1, 7, 10]


def test_ajustes_hechos_dicen_cuanto_habia_y_cuanto_quedo(mundo: Mundo) -> None:
    producto, otro = mundo.producto("A"), mundo.producto("B")
    for vence in (-1, 5):
        lote = mundo.entrada(producto, 10, vence=dia(vence))
    mundo.entrada(otro, 3)
    pedido: dict[str, Any] = {
        "actor": mundo.actor,
        "producto": producto,
        "bodega": mundo.bodega,
        "reloj": mundo.reloj,
    }
    mundo.reloj.avanzar(minutes=1)
    services.ajustar_existencias(**pedido, diferencia=cant(-15), glosa=CORRECCION)
    mundo.reloj.avanzar(minutes=1)
    services.contar_existencias(**pedido, contada=cant("7.5"), glosa=CONTEO)
    mundo.reloj.avanzar(minutes=1)
    mundo.merma(lote, 1)
    pagina = lineas.ajustes_hechos(bodega=mundo.bodega, desde=AHORA)
    assert [(uno.anterior, uno.cambio, uno.nueva) for uno in pagina.filas] == [
        (cant("7.5"), cant(-1), cant("6.5")),
        (cant(5), cant("2.5"), cant("7.5")),
        (cant(20), cant(-15), cant(5)),
    ]
    assert [uno.primera.asiento.motivo_texto for uno in pagina.filas] == [
        MERMA.texto,
        CONTEO.texto,
        CORRECCION.texto,
    ]
    assert pagina.total == 3
    assert lineas.ajustes_hechos(bodega=mundo.bodega, desde=AHORA, producto=otro.pk).total == 0
    assert lineas.ajustes_hechos(bodega=mundo.otra, desde=AHORA).filas == []
    ultima = lineas.ajustes_hechos(bodega=mundo.bodega, desde=AHORA, salto=2)
    assert [uno.cambio for uno in ultima.filas] == [cant(-15)]
    assert ultima.total == 3


def test_consumo_de_modulo_suma_exacto_y_no_cuenta_lo_revertido(mundo: Mundo) -> None:
    caro, barato = mundo.producto("A"), mundo.producto("B")
    for _ in range(3):
        mundo.entrada(caro, 1, costo="0.335")
    mundo.entrada(caro, 10, costo=2)
    mundo.entrada(barato, 10, costo="0.01")
    cria = Glosa(motivo=Motivo.CONSUMO, modulo="cria")
    mundo.peps(caro, 3, glosa=cria)
    mundo.peps(caro, 4, glosa=cria)
    revertida = mundo.peps(caro, 1, glosa=cria)
    mundo.revertir(revertida)
    mundo.peps(caro, 1, glosa=Glosa(modulo="engorde"))
    mundo.reloj.avanzar(hours=1)
    mundo.peps(barato, 2, glosa=cria)
    ahora = mundo.reloj()
    desde, hasta = AHORA - timedelta(days=1), ahora + timedelta(seconds=1)
    consumo = lineas.consumo_de_modulo(modulo="cria", bodega=mundo.bodega, desde=desde, hasta=hasta)
    assert [(c.producto.pk, c.cantidad, c.costo, c.lineas, c.ultimo) for c in consumo] == [
        (caro.pk, cant(7), cant("9.005"), 4, AHORA),
        (barato.pk, cant(2), cant("0.02"), 1, ahora),
    ]
    nada = lineas.consumo_de_modulo(modulo="cria", bodega=mundo.otra, desde=desde, hasta=hasta)
    assert nada == []
    antes = lineas.consumo_de_modulo(modulo="cria", bodega=mundo.bodega, desde=desde, hasta=ahora)
    assert [c.producto.pk for c in antes] == [caro.pk]


@pytest.mark.parametrize("cuantos", [1, 40])
def test_ninguna_lista_consulta_mas_por_tener_mas_filas(
    mundo: Mundo, django_assert_num_queries: DjangoAssertNumQueries, cuantos: int
) -> None:
    productos = [mundo.producto(f"P-{n}") for n in range(cuantos)]
    for producto in productos:
        mundo.entrada(producto, 5)
        mundo.peps(producto, 1, glosa=Glosa(modulo="cria"))
        services.ajustar_existencias(
            actor=mundo.actor, producto=producto, bodega=mundo.bodega, diferencia=cant(-1), glosa=CORRECCION
        )
    with django_assert_num_queries(1):
        pagina = lineas.lineas_asentadas(bodega=mundo.bodega, desde=SIEMPRE, limite=500)
        assert (
            len([(u.producto.nombre, u.lote.codigo, u.asiento.actor.email) for u in pagina.filas])
            == 3 * cuantos
        )
    with django_assert_num_queries(3):
        ajustes = lineas.ajustes_hechos(bodega=mundo.bodega, desde=SIEMPRE)
        assert (
            len([(u.ultima.producto.unidad, u.ultima.asiento.actor.email) for u in ajustes.filas]) == cuantos
        )
    with django_assert_num_queries(2):
        consumo = lineas.consumo_de_modulo(
            modulo="cria", bodega=mundo.bodega, desde=SIEMPRE, hasta=AHORA + timedelta(days=1)
        )
        assert len([(u.producto.unidad, u.producto.categoria) for u in consumo]) == cuantos
