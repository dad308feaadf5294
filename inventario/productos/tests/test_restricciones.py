"""Lo imposible lo niega la base, por su nombre, aunque nadie pase por los servicios."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django_scopes import scope

from inventario.cuentas.models import Empresa
from inventario.nucleo.integridad import restriccion_violada
from inventario.nucleo.tests.fabricas import CategoriaFabrica, ProductoFabrica
from inventario.productos.models import Categoria, Producto, Unidad

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


@pytest.fixture
def producto(empresa: Empresa) -> Producto:
    return ProductoFabrica.create(empresa=empresa, sku="A-1", codigo_barras="777")


def _sql(orden: str, *valores: Any) -> str:
    """Ejecuta la orden tal cual y devuelve el nombre de la restricción que la negó."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(orden, valores)
    return restriccion_violada(error.value)


@pytest.mark.parametrize(
    ("cambio", "restriccion"),
    [
        ("precio = -0.01", "producto_precio_no_negativo"),
        ("stock_minimo = -1", "producto_minimo_no_negativo"),
        ("stock_minimo = 100000000000", "producto_minimo_no_negativo"),
        ("sku = NULL", "producto_sku_con_su_normal"),
        ("sku_normalizado = NULL", "producto_sku_con_su_normal"),
        ("sku = ''", "producto_sku_no_vacio"),
        ("nombre = ''", "producto_nombre_no_vacio"),
        ("eliminado_en = '2026-01-01 00:00:00+00'", "producto_eliminado_no_activo"),
    ],
)
def test_producto_imposible(producto: Producto, cambio: str, restriccion: str) -> None:
    antes = Producto.objects.values().get()
    assert _sql(f"UPDATE productos_producto SET {cambio} WHERE id = %s", producto.pk) == restriccion
    assert Producto.objects.values().get() == antes


@pytest.mark.parametrize(
    "columna", ["nombre", "stock_minimo", "unidad_id", "empresa_id", "activo", "version"]
)
def test_producto_sin_un_dato_obligatorio(producto: Producto, columna: str) -> None:
    antes = Producto.objects.values().get()
    _sql(f"UPDATE productos_producto SET {columna} = NULL WHERE id = %s", producto.pk)
    assert Producto.objects.values().get() == antes


@pytest.mark.parametrize(
    ("columna", "restriccion"),
    [("sku_normalizado", "producto_sku_unico"), ("codigo_barras", "producto_codigo_barras_unico")],
)
def test_producto_repetido_solo_entre_los_vivos(
    producto: Producto, empresa: Empresa, columna: str, restriccion: str
) -> None:
    otro = ProductoFabrica.create(empresa=empresa)
    repetir = f"UPDATE productos_producto SET {columna} = %s WHERE id = %s"
    assert _sql(repetir, getattr(producto, columna), otro.pk) == restriccion
    Producto.objects.filter(pk=producto.pk).update(activo=False, eliminado_en=producto.creado_en)
    with connection.cursor() as cursor:
        cursor.execute(repetir, [getattr(producto, columna), otro.pk])
        assert cursor.rowcount == 1


def test_producto_repetido_en_otra_empresa_vale(producto: Producto, otra_empresa: Empresa) -> None:
    with scope(empresa=otra_empresa):
        ProductoFabrica.create(empresa=otra_empresa, sku=producto.sku, codigo_barras="777")
        assert Producto.objects.count() == 1


def test_producto_de_una_unidad_que_no_existe(producto: Producto) -> None:
    Producto.objects.filter(pk=producto.pk).update(unidad_id=999_999)
    with pytest.raises(IntegrityError), transaction.atomic():
        # Las llaves se revisan al confirmar; la prueba no confirma.
        connection.check_constraints()
    Producto.objects.filter(pk=producto.pk).update(unidad_id=producto.unidad_id)


def test_categoria_imposible(empresa: Empresa) -> None:
    categoria = CategoriaFabrica.create(empresa=empresa, nombre="A")
    otra = CategoriaFabrica.create(empresa=empresa, nombre="B")
    orden = "UPDATE productos_categoria SET {} WHERE id = %s"
    assert _sql(orden.format("padre_id = id"), categoria.pk) == "categoria_no_es_su_padre"
    assert _sql(orden.format("nombre = 'A'"), otra.pk) == "categoria_nombre_unico"
    suyas = Categoria.objects.filter(pk__in=[categoria.pk, otra.pk])
    assert sorted(suyas.values_list("nombre", "padre")) == [("A", None), ("B", None)]


def test_unidad_repetida(empresa: Empresa) -> None:
    antes = Unidad.objects.count()
    casos = {
        "unidad_abreviatura_unica": {"nombre_en": "Otra", "abreviatura": "KG"},
        "unidad_nombre_en_unico": {"nombre_en": "KILOGRAM", "abreviatura": "k"},
    }
    for restriccion, datos in casos.items():
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Unidad.objects.create(empresa=empresa, nombre="Otra", **datos)
        assert restriccion_violada(error.value) == restriccion
    assert Unidad.objects.count() == antes
