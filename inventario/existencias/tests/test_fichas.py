"""La ficha de un producto en una bodega: sus cifras, su último costo y sus lotes."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from inventario.existencias.cifras import Cifras
from inventario.existencias.disponibilidad import existencias_de
from inventario.existencias.fichas import fichas as fichas_de
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.tests.mundo import AHORA, CONTEO, HOY, Mundo, cant, dia
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db


def test_fichas_dicen_lo_de_una_bodega(mundo: Mundo) -> None:
    producto, vacio = mundo.producto("A"), mundo.producto("B")
    mundo.entrada(producto, "10.25", vence=dia(-1))
    mundo.entrada(producto, "0.1", costo=4)
    mundo.entrada(producto, "0.2", costo=5, fecha_ingreso=dia(-3))
    mundo.bloquear(mundo.entrada(producto, 8, costo=6, fecha_ingreso=dia(-9)))
    mundo.entrada(producto, 99, bodega=mundo.otra, fecha_ingreso=dia(-9))
    mundo.apartar(producto, "0.05", modulo="cria")
    mundo.apartar(producto, "0.25", horas=1)
    mundo.reloj.avanzar(hours=2)
    ahora = mundo.reloj()
    fichas = fichas_de(bodega=mundo.bodega, ahora=ahora, hoy=HOY, ids=[producto.pk, vacio.pk], skus=[" a "])
    assert [(f.producto, f.cifras) for f in fichas] == [
        (producto, Cifras(cant("18.55"), cant("0.3"), cant("10.25"), cant(8), apartada=cant("0.05"))),
        (vacio, Cifras()),
    ]
    assert fichas[0].cifras.disponible == cant("0.25")
    hay = existencias_de([producto.pk, vacio.pk], ahora=ahora, hoy=HOY, bodega=mundo.bodega)
    assert [hay[f.producto.pk].disponible for f in fichas] == [cant("0.25"), 0]
    assert [f.ultimo_costo for f in fichas] == [cant(4), None]
    assert fichas[0].lotes is None


def test_fichas_con_lotes_traen_tambien_los_agotados_por_fecha_de_ingreso(mundo: Mundo) -> None:
    producto, vacio = mundo.producto("A"), mundo.producto("B")
    nuevo = mundo.entrada(producto, 5, glosa=Glosa(notas="Llegó mojado"))
    viejo = mundo.entrada(producto, 2, fecha_ingreso=dia(-3))
    mundo.peps(producto, 3)
    fichas = fichas_de(bodega=mundo.bodega, ahora=AHORA, hoy=HOY, skus=["A", "B", "C"], con_lotes=True)
    lotes = fichas[0].lotes or []
    assert [(lote.pk, lote.saldo, lote.notas) for lote in lotes] == [  # type: ignore[attr-defined]  # anotada
        (viejo.pk, cant(0), ""),
        (nuevo.pk, cant(4), "Llegó mojado"),
    ]
    assert (fichas[1].producto.pk, fichas[1].lotes) == (vacio.pk, [])


def test_fichas_no_incluyen_inactivos_ni_de_otra_empresa(mundo: Mundo) -> None:
    apagado = mundo.producto("A", activo=False)
    assert fichas_de(bodega=mundo.bodega, ahora=AHORA, hoy=HOY, ids=[apagado.pk], skus=["A"]) == []


def test_el_costo_que_muestra_la_ficha_es_el_de_lo_que_sobra_al_contar(mundo: Mundo) -> None:
    producto: Producto = mundo.producto(precio="9.00")
    mundo.entrada(producto, 5, costo=3)
    sobra = services.contar_existencias(
        actor=mundo.actor, producto=producto, bodega=mundo.bodega, contada=cant(6), glosa=CONTEO
    )
    assert sobra is not None
    assert sobra.lineas[0].costo_unitario == cant(3)
    assert fichas_de(bodega=mundo.bodega, ahora=AHORA, hoy=HOY, ids=[producto.pk])[0].ultimo_costo == cant(3)


@pytest.mark.parametrize("cuantos", [1, 40])
def test_fichas_no_consultan_mas_por_ser_mas(
    mundo: Mundo, django_assert_num_queries: DjangoAssertNumQueries, cuantos: int
) -> None:
    productos = [mundo.producto(f"P-{n}") for n in range(cuantos)]
    for producto in productos:
        mundo.entrada(producto, 5)
    with django_assert_num_queries(4):
        fichas = fichas_de(
            bodega=mundo.bodega, ahora=AHORA, hoy=HOY, ids=[p.pk for p in productos], con_lotes=True
        )
        assert len([(f.producto.unidad, f.producto.categoria, f.lotes) for f in fichas]) == cuantos
