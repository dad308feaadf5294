"""Formas de los avisos: lo que falta y lo que vence (§2.7)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import CantidadTexto, Entero, Texto
from inventario.biofloc.listas import PaginaOpcional


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
