"""El punto de reorden: aviso aparte del mínimo, con lo justo también avisa y en cero calla."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from inventario.cuentas.models import Bodega, Empresa
from inventario.existencias.disponibilidad import existencia_en
from inventario.existencias.lineas import movimientos_por_producto
from inventario.existencias.reorden import contar_por_reordenar, por_reordenar
from inventario.movimientos.services import registrar_entrada
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.tests.fabricas import BodegaFabrica, ProductoFabrica
from inventario.productos.models import Producto
from inventario.productos.services import asignar_modulo, crear_producto, editar_producto
from inventario.productos.tests.fabricas import con_lote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


def con_punto(empresa: Empresa, nombre: str, punto: str, **campos: object) -> Producto:
    return ProductoFabrica.create(empresa=empresa, nombre=nombre, punto_reorden=Decimal(punto), **campos)


def avisos(modulo: str = "") -> list[tuple[str, Decimal, Decimal]]:
    return [(una.producto.nombre, una.fisica, una.deficit) for una in por_reordenar(modulo=modulo)]


def test_avisar_con_lo_justo_y_callar_en_cero(actor: Actor, empresa: Empresa, bodega: Bodega) -> None:
    justo, sobra, sin_aviso, nada = (
        con_punto(empresa, "Justo", "0.3"),
        con_punto(empresa, "Sobra", "0.3"),
        con_punto(empresa, "Sin aviso", "0"),
        con_punto(empresa, "Nada", "7.5"),
    )
    con_punto(empresa, "Retirado", "9", activo=False)
    for cantidad in ("0.1", "0.2"):
        con_lote(actor, justo, Decimal(cantidad))
    con_lote(actor, sobra, Decimal("0.3001"))
    esperado = [("Nada", Decimal(0), Decimal("7.5")), ("Justo", Decimal("0.3"), Decimal(0))]
    assert avisos() == esperado
    assert contar_por_reordenar() == 2
    asignar_modulo(actor=actor, producto=justo, modulo="biofloc", ajustes={})
    asignar_modulo(actor=actor, producto=sin_aviso, modulo="biofloc", ajustes={})
    assert avisos("biofloc") == esperado[1:]
    assert avisos("growout") == []
    assert nada.stock_minimo == 5


def test_avisar_suma_las_bodegas(actor: Actor, empresa: Empresa, bodega: Bodega) -> None:
    producto = con_punto(empresa, "Repartido", "10")
    otra = BodegaFabrica.create(empresa=empresa)
    con_lote(actor, producto, Decimal(6))
    registrar_entrada(actor=actor, producto=producto, bodega=otra, cantidad=Decimal(4))
    assert avisos() == [("Repartido", Decimal(10), Decimal(0))]
    registrar_entrada(actor=actor, producto=producto, bodega=otra, cantidad=Decimal(1))
    assert avisos() == []
    assert existencia_en(otra.pk, [producto.pk, 999_999]) == {producto.pk: Decimal(5), 999_999: Decimal(0)}
    assert movimientos_por_producto([producto.pk, 999_999]) == {producto.pk: 3, 999_999: 0}


def test_avisar_cuesta_lo_mismo_con_uno_que_con_veinte(
    empresa: Empresa, bodega: Bodega, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for cuantos in (1, 19):
        for n in range(cuantos):
            con_punto(empresa, f"P{n}", "1")
        with django_assert_num_queries(2):
            avisos()


@pytest.mark.parametrize("punto", ["-1", "0.00001", "100000000000", "NaN", "Infinity"])
def test_un_punto_imposible_no_se_guarda(actor: Actor, empresa: Empresa, punto: str) -> None:
    producto = con_punto(empresa, "P", "1")
    with pytest.raises(DatoInvalido) as error:
        editar_producto(actor=actor, producto=producto, cambios={"punto_reorden": Decimal(punto)})
    assert error.value.detalles[0].campo == "punto_reorden"
    with pytest.raises(DatoInvalido):
        crear_producto(actor=actor, nombre="N", sku="N", punto_reorden=Decimal(punto))
    producto.refresh_from_db()
    assert (producto.punto_reorden, Producto.objects.count()) == (Decimal(1), 1)


def test_cambiar_el_punto_hace_otra_version(actor: Actor, empresa: Empresa) -> None:
    producto = con_punto(empresa, "P", "1")
    cambiado = editar_producto(actor=actor, producto=producto, cambios={"punto_reorden": Decimal("2.5")})
    assert (cambiado.punto_reorden, cambiado.stock_minimo, cambiado.version) == (Decimal("2.5"), 5, 2)
