"""Formas de los módulos y de lo que usa cada uno (§2.11)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Booleano, Cuerpo, Instante, Numero, Objeto, Opcion
from inventario.productos.models import ModuloDeProducto

MODULOS = ("biofloc", "hatchery", "growout", "nursery", "general")


@dataclass(frozen=True, slots=True)
class FichaDeModulo:
    asignado: ModuloDeProducto
    fisica: Decimal


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
