"""Formas de los artículos (§2.1)."""

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
    Texto,
)
from inventario.productos.models import Producto

LIMITE = 500
LIMITE_POR_PAGINA = 50


@dataclass(frozen=True, slots=True)
class Ficha:
    """Un producto con lo que hay en la bodega de quien pregunta y cuánto lo nombra el libro."""

    producto: Producto
    fisica: Decimal
    movimientos: int


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
