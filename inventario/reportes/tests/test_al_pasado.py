"""Lo que se dice de un día pasado es lo que el libro sabe hoy de él: reversos, fechas atrás y traslados."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventario.movimientos import services
from inventario.movimientos.models import Movimiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant, dia
from inventario.nucleo.errores import ErrorDeDominio
from inventario.productos.models import Producto
from inventario.reportes import informes
from inventario.reportes.ambito import ambito_de


def hace(mundo: Mundo, dias: int) -> None:
    mundo.reloj.ahora = AHORA - timedelta(days=dias)


def al_cierre(mundo: Mundo, dias: int, **campos: Any) -> list[tuple[str, Decimal, Decimal]]:
    """Cuánto había y cuánto valía cada producto al terminar el día de hace tantos."""
    ambito = ambito_de(mundo.actor, ahora=AHORA, **campos)
    del_dia = ambito.hoy - timedelta(days=dias)
    fin = ambito.rango(del_dia, del_dia)[1] - timedelta(microseconds=1)
    filas = informes.valorizacion(ambito, instante=fin).filas
    return [(fila.producto.sku or "", fila.cantidad, fila.valor) for fila in filas]


@pytest.fixture
def historia(mundo: Mundo) -> Producto:
    """Diez a 2; salen cuatro y se deshace; se pierde una; tres se mudan. Hoy se anota una entrada vieja."""
    producto = mundo.producto("HAR")
    hace(mundo, 20)
    lote = mundo.entrada(producto, 10, costo=2)
    hace(mundo, 15)
    salida = mundo.salida(lote, 4)
    hace(mundo, 10)
    mundo.revertir(salida)
    hace(mundo, 5)
    mundo.merma(lote, 1)
    hace(mundo, 4)
    services.trasladar(
        actor=mundo.actor,
        producto=producto,
        cantidad=Decimal(3),
        desde=mundo.bodega,
        hacia=mundo.otra,
        politica=Politica.FEFO,
        reloj=mundo.reloj,
    )
    mundo.reloj.ahora = AHORA
    mundo.entrada(producto, 5, costo=3, fecha_ingreso=dia(-18))
    return producto


@pytest.mark.parametrize(
    ("dias", "cantidad", "valor"),
    [
        (20, 10, 20),
        (19, 10, 20),
        (18, 15, 35),  # la entrada se anotó hoy, pero llegó entonces: 10 × 2 + 5 × 3
        (15, 11, 27),  # 6 × 2 + 15
        (11, 11, 27),  # el reverso todavía no había ocurrido
        (10, 15, 35),
        (5, 14, 33),  # 9 × 2 + 15
        (4, 14, 33),  # mudarse de bodega no cambia el total
        (0, 14, 33),
    ],
)
def test_valorizacion_al_cierre_de_un_dia(
    mundo: Mundo, historia: Producto, dias: int, cantidad: int, valor: int
) -> None:
    assert al_cierre(mundo, dias) == [("HAR", cantidad, valor)]


def test_antes_de_la_primera_entrada_no_habia_nada_y_por_bodega_se_reparte(
    mundo: Mundo, historia: Producto
) -> None:
    assert al_cierre(mundo, 21) == []
    assert al_cierre(mundo, 5, bodega=mundo.otra.pk) == []
    assert al_cierre(mundo, 4, bodega=mundo.otra.pk) == [("HAR", 3, 6)]
    assert al_cierre(mundo, 4, bodega=mundo.bodega.pk) == [("HAR", 11, 27)]


def test_una_semana_cualquiera_contra_el_libro_leido_linea_por_linea(mundo: Mundo) -> None:
    """Doscientos pasos al azar; en cada corte, la suma hecha aparte en Python dice lo mismo."""
    azar = random.Random(20260310)
    productos = [mundo.producto(f"P-{n}") for n in range(3)]
    cortes = []
    for paso in range(200):
        mundo.reloj.ahora = AHORA - timedelta(days=30) + timedelta(hours=3 * paso)
        producto, bodega = azar.choice(productos), azar.choice([mundo.bodega, mundo.otra])
        try:
            match azar.randrange(5):
                case 0 | 1:
                    atras = dia(-30 + 3 * paso // 24 - azar.randrange(4)) if azar.random() < 0.4 else None
                    mundo.entrada(
                        producto,
                        azar.randrange(1, 40),
                        costo=str(Decimal(azar.randrange(1, 50_000)) / 10_000),
                        bodega=bodega,
                        fecha_ingreso=atras,
                    )
                case 2 | 3:
                    hecho = mundo.fefo(producto, azar.randrange(1, 15), bodega=bodega)
                    if azar.random() < 0.3:
                        mundo.reloj.avanzar(minutes=40)
                        mundo.revertir(hecho)
                case _:
                    services.trasladar(
                        actor=mundo.actor,
                        producto=producto,
                        cantidad=Decimal(azar.randrange(1, 10)),
                        desde=bodega,
                        hacia=mundo.otra if bodega == mundo.bodega else mundo.bodega,
                        politica=Politica.FEFO,
                        reloj=mundo.reloj,
                    )
        except ErrorDeDominio:
            continue  # no alcanzaba: tampoco se movió nada
        if paso % 20 == 0:
            cortes.append(mundo.reloj.ahora)
    assert len(cortes) > 5
    lineas = list(Movimiento.objects.all())
    mundo.reloj.ahora = AHORA
    for cual in (None, mundo.bodega.pk, mundo.otra.pk):
        ambito = ambito_de(mundo.actor, ahora=AHORA, bodega=cual)
        for corte in [*cortes, AHORA]:
            esperado: dict[int, list[Decimal]] = defaultdict(lambda: [cant(0), cant(0)])
            for linea in lineas:
                if linea.fecha_efectiva <= corte and cual in (None, linea.bodega_id):
                    esperado[linea.producto_id][0] += linea.cantidad
                    esperado[linea.producto_id][1] += linea.cantidad * linea.costo_unitario
            vistas = informes.valorizacion(ambito, instante=corte).filas
            assert {fila.producto.pk: [fila.cantidad, fila.valor] for fila in vistas} == {
                pk: par for pk, par in esperado.items() if par != [0, 0]
            }
            assert all(fila.cantidad >= 0 for fila in vistas)
        ahora = informes.valorizacion(ambito)
        assert [(f.producto, f.cantidad, f.valor) for f in ahora.filas] == [
            (f.producto, f.cantidad, f.valor) for f in informes.valorizacion(ambito, instante=AHORA).filas
        ]
