"""Lo que la base niega del catálogo."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django_scopes import scope

from inventario.cuentas.models import Empresa
from inventario.nucleo.cantidades import TOPE
from inventario.nucleo.tests.fabricas import CategoriaFabrica, ProductoFabrica
from inventario.nucleo.tests.restricciones import agregar, cambiar, la_base_niega
from inventario.productos.models import Categoria, ModuloDeProducto, Producto, Unidad

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]

KILO = "abreviatura_normalizada = 'kg'"
ALIMENTOS = "nombre = 'Alimentos'"
CON_OTRO_CODIGO = {"sku": "'A-2'", "sku_normalizado": "'A-2'"}


@pytest.fixture
def producto(alcance: Empresa) -> Producto:
    return ProductoFabrica.create(empresa=alcance, sku="A-1", codigo_barras="777")


@pytest.fixture
def filas_validas(alcance: Empresa, producto: Producto) -> None:
    CategoriaFabrica.create(empresa=alcance, nombre="Alimentos")
    ModuloDeProducto.objects.create(empresa=alcance, producto=producto, modulo="biofloc", principal=True)


test_la_base_niega = la_base_niega(
    {
        "producto_sku_unico": [agregar(Producto, codigo_barras="''")],
        "producto_codigo_barras_unico": [agregar(Producto, **CON_OTRO_CODIGO)],
        "producto_precio_no_negativo": [cambiar(Producto, precio="-0.01")],
        "producto_minimo_no_negativo": [
            cambiar(Producto, stock_minimo="-0.0001"),
            cambiar(Producto, stock_minimo=f"{TOPE}"),
        ],
        "producto_reorden_no_negativo": [
            cambiar(Producto, punto_reorden="-0.0001"),
            cambiar(Producto, punto_reorden=f"{TOPE}"),
        ],
        "producto_sku_con_su_normal": [
            cambiar(Producto, sku="NULL"),
            cambiar(Producto, sku_normalizado="NULL"),
        ],
        "producto_sku_no_vacio": [cambiar(Producto, sku="''")],
        "producto_nombre_no_vacio": [cambiar(Producto, nombre="''")],
        "producto_eliminado_no_activo": [cambiar(Producto, eliminado_en="creado_en")],
        "categoria_nombre_unico": [agregar(Categoria, donde=ALIMENTOS)],
        "categoria_no_es_su_padre": [cambiar(Categoria, donde=ALIMENTOS, padre_id="id")],
        "unidad_abreviatura_unica": [agregar(Unidad, donde=KILO, nombre_en_normalizado="'otra'")],
        "unidad_nombre_en_unico": [agregar(Unidad, donde=KILO, abreviatura_normalizada="'otra'")],
        "modulo_una_vez_por_producto": [agregar(ModuloDeProducto, principal="false")],
        "modulo_principal_unico": [agregar(ModuloDeProducto, modulo="'otro'")],
        "modulo_no_vacio": [cambiar(ModuloDeProducto, modulo="''")],
    }
)


@pytest.mark.parametrize(
    "columna", ["nombre", "stock_minimo", "unidad_id", "empresa_id", "activo", "version"]
)
def test_producto_sin_un_dato_obligatorio(producto: Producto, columna: str) -> None:
    antes = Producto.objects.values().get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Producto.objects.update(**{columna: None})
    assert Producto.objects.values().get() == antes


@pytest.mark.parametrize("columna", ["sku_normalizado", "codigo_barras"])
def test_lo_de_un_producto_eliminado_se_puede_usar_otra_vez(
    producto: Producto, alcance: Empresa, columna: str
) -> None:
    otro = ProductoFabrica.create(empresa=alcance)
    Producto.objects.filter(pk=producto.pk).update(activo=False, eliminado_en=producto.creado_en)
    repetido = Producto.objects.filter(pk=otro.pk).update(**{columna: getattr(producto, columna)})
    assert repetido == 1


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
