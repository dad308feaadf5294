"""Formas de artículos, categorías, módulos y avisos (§2.1, §2.3, §2.7, §2.8, §2.11)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import (
    Booleano,
    Cantidad,
    CantidadTexto,
    Consulta,
    Cuerpo,
    Dinero,
    DineroTexto,
    Entero,
    Instante,
    Numero,
    Objeto,
    Opcion,
    Texto,
)
from inventario.biofloc.views import TOPE_DE_LISTA
from inventario.productos.models import ModuloDeProducto, Producto

MODULOS = ("biofloc", "hatchery", "growout", "nursery", "general")
LIMITE = 500
LIMITE_POR_PAGINA = 50


@dataclass(frozen=True, slots=True)
class Ficha:
    """Un producto con lo que hay en la bodega de quien pregunta y cuánto lo nombra el libro."""

    producto: Producto
    fisica: Decimal
    movimientos: int


@dataclass(frozen=True, slots=True)
class FichaDeModulo:
    asignado: ModuloDeProducto
    fisica: Decimal


class PaginaOpcional(Consulta):
    """Para las listas que el contrato da enteras: sin pedir página, hasta mil."""

    page = Entero(minimo=1, required=False)
    limit = Entero(minimo=1, maximo=TOPE_DE_LISTA, required=False)


@extend_schema_serializer(component_name="BioflocItem")
class Articulo(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="producto.pk")
    item_name = serializers.CharField(source="producto.nombre")
    sku = serializers.CharField(source="producto.sku", allow_null=True)
    category = serializers.CharField(source="producto.categoria.nombre", allow_null=True)
    unit = serializers.CharField(source="producto.unidad.nombre_en")
    default_supplier_id = serializers.IntegerField(source="producto.proveedor_id", allow_null=True)
    default_supplier_name = serializers.CharField(source="producto.proveedor.nombre", allow_null=True)
    default_price = DineroTexto(source="producto.precio", allow_null=True)
    reorder_threshold = CantidadTexto(source="producto.punto_reorden")
    min_stock_level = CantidadTexto(source="producto.stock_minimo")
    current_qty = CantidadTexto(source="fisica")
    is_active = serializers.BooleanField(source="producto.activo")
    created_at = Instante(source="producto.creado_en")
    has_transactions = serializers.IntegerField(source="movimientos")


@extend_schema_serializer(component_name="BioflocItemList")
class ListaDeArticulos(serializers.Serializer[Any]):
    items = Articulo(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class FiltroDeArticulos(Consulta):
    category = Texto(maximo=100, required=False, help_text="Case-insensitive.")
    is_active = Booleano(required=False)
    page = Entero(minimo=1, required=False)
    limit = Entero(minimo=1, maximo=LIMITE, required=False)


@extend_schema_serializer(component_name="BioflocItemCreate")
class ArticuloNuevo(Cuerpo):
    item_name = Texto(maximo=255)
    unit = Texto(maximo=50)
    sku = Texto(maximo=100, required=False, allow_null=True)
    category = Texto(maximo=100, required=False, allow_null=True)
    default_supplier_id = Entero(required=False, allow_null=True)
    default_price = Dinero(minimo=0, required=False, allow_null=True)
    reorder_threshold = Cantidad(minimo=0, required=False)
    min_stock_level = Cantidad(minimo=0, required=False)


@extend_schema_serializer(component_name="BioflocItemUpdate")
class CambioDeArticulo(ArticuloNuevo):
    item_name = Texto(maximo=255, required=False)
    unit = Texto(maximo=50, required=False)
    is_active = Booleano(required=False)


@extend_schema_serializer(component_name="BioflocCategory")
class Categoria(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    category = serializers.CharField(source="nombre")
    description = serializers.SerializerMethodField()
    created_at = Instante(source="creada_en")
    item_count = serializers.IntegerField(source="n_productos")

    def get_description(self, categoria: Any) -> str | None:
        return categoria.descripcion or None


@extend_schema_serializer(component_name="BioflocCategoryList")
class ListaDeCategorias(serializers.Serializer[Any]):
    categories = Categoria(many=True)


@extend_schema_serializer(component_name="BioflocCategoryCreate")
class CategoriaNueva(Cuerpo):
    category_name = Texto(maximo=100)
    description = Texto(maximo=2000, multilinea=True, required=False, allow_null=True)


@extend_schema_serializer(component_name="BioflocCategoryUpdate")
class CambioDeCategoria(CategoriaNueva):
    category_name = Texto(maximo=100, required=False)


@extend_schema_serializer(component_name="BioflocItemModule")
class Asignacion(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    item_id = serializers.IntegerField(source="producto_id")
    module_name = serializers.CharField(source="modulo")
    custom_settings = Objeto(source="ajustes")
    is_primary = serializers.BooleanField(source="principal")
    created_at = Instante(source="creado_en")


@extend_schema_serializer(component_name="BioflocItemModuleList")
class ListaDeAsignaciones(serializers.Serializer[Any]):
    mappings = Asignacion(many=True)
    total = serializers.IntegerField()


@extend_schema_serializer(component_name="BioflocItemModuleCreate")
class AsignacionNueva(Cuerpo):
    module_name = Opcion(MODULOS)
    custom_settings = Objeto(required=False)
    is_primary = Booleano(required=False)


@extend_schema_serializer(component_name="BioflocModuleItem")
class ArticuloDeModulo(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="asignado.producto_id")
    item_name = serializers.CharField(source="asignado.producto.nombre")
    sku = serializers.CharField(source="asignado.producto.sku", allow_null=True)
    category = serializers.CharField(source="asignado.producto.categoria.nombre", allow_null=True)
    unit = serializers.CharField(source="asignado.producto.unidad.nombre_en")
    current_qty = Numero(source="fisica")
    reorder_threshold = Numero(source="asignado.producto.punto_reorden")
    is_active = serializers.BooleanField(source="asignado.producto.activo")
    is_primary = serializers.BooleanField(source="asignado.principal")
    custom_settings = Objeto(source="asignado.ajustes")


@extend_schema_serializer(component_name="BioflocModuleItemList")
class ListaDeArticulosDeModulo(serializers.Serializer[Any]):
    items = ArticuloDeModulo(many=True)
    total = serializers.IntegerField()


class FiltroDeFaltantes(PaginaOpcional):
    module = Texto(maximo=64, required=False, help_text="Only the items mapped to this module.")


@extend_schema_serializer(component_name="BioflocLowStockItem")
class ArticuloFaltante(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="producto.pk")
    item_name = serializers.CharField(source="producto.nombre")
    sku = serializers.CharField(source="producto.sku", allow_null=True)
    category = serializers.CharField(source="producto.categoria.nombre", allow_null=True)
    unit = serializers.CharField(source="producto.unidad.nombre_en")
    current_qty = CantidadTexto(source="fisica")
    reorder_threshold = CantidadTexto(source="producto.punto_reorden")
    deficit = CantidadTexto()
    default_supplier_name = serializers.CharField(source="producto.proveedor.nombre", allow_null=True)


@extend_schema_serializer(component_name="BioflocLowStockList")
class ListaDeFaltantes(serializers.Serializer[Any]):
    items = ArticuloFaltante(many=True)
    total = serializers.IntegerField()


class FiltroDeVencimientos(PaginaOpcional):
    days = Entero(minimo=1, maximo=365, default=30)


@extend_schema_serializer(component_name="BioflocExpiringBatch")
class LotePorVencer(serializers.Serializer[Any]):
    batch_id = serializers.IntegerField(source="pk")
    item_id = serializers.IntegerField(source="producto_id")
    item_name = serializers.CharField(source="producto.nombre")
    batch_number = serializers.SerializerMethodField()
    remaining_qty = CantidadTexto(source="saldo")
    unit = serializers.CharField(source="producto.unidad.nombre_en")
    expiry_date = serializers.DateField(source="vence_el")
    days_until_expiry = serializers.SerializerMethodField()
    supplier_name = serializers.CharField(source="proveedor.nombre", allow_null=True)

    def get_batch_number(self, lote: Any) -> str | None:
        return lote.codigo or None

    def get_days_until_expiry(self, lote: Any) -> int:
        dias: int = (lote.vence_el - self.context["hoy"]).days
        return dias


@extend_schema_serializer(component_name="BioflocExpiringBatchList")
class ListaPorVencer(serializers.Serializer[Any]):
    items = LotePorVencer(many=True)
    total = serializers.IntegerField()


@extend_schema_serializer(component_name="BioflocDashboard")
class Tablero(serializers.Serializer[Any]):
    total_items = serializers.IntegerField()
    active_items = serializers.IntegerField()
    total_stock_value = DineroTexto()
    low_stock_items = serializers.IntegerField()
    expiring_soon_items = serializers.IntegerField()
    pending_pos = serializers.IntegerField()
    recent_transactions_count = serializers.IntegerField()
    total_categories = serializers.IntegerField()
    active_suppliers = serializers.IntegerField()
    recent_transactions_7d = serializers.IntegerField()
