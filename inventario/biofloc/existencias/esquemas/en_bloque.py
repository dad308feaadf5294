"""Formas de leer muchos ítems a la vez (§2.10)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Booleano, Cuerpo, Entero, Instante, Numero, Texto
from inventario.biofloc.existencias.esquemas.comun import ERRORES_DE_LISTA

NOMBRADOS_MAXIMOS = 100


@extend_schema_serializer(component_name="BulkFetchRequest")
class EnBloquePeticion(Cuerpo):
    item_ids = serializers.ListField(
        child=Entero(minimo=1),
        max_length=NOMBRADOS_MAXIMOS,
        required=False,
        allow_null=True,
        error_messages=ERRORES_DE_LISTA,
    )
    skus = serializers.ListField(
        child=Texto(maximo=100),
        max_length=NOMBRADOS_MAXIMOS,
        required=False,
        allow_null=True,
        error_messages=ERRORES_DE_LISTA,
    )
    include_stock = Booleano(required=False, default=True)
    include_batches = Booleano(required=False, default=False)
    include_reserved = Booleano(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("item_ids") and not attrs.get("skus"):
            raise serializers.ValidationError("Provide item_ids or skus", code="value_error")
        return attrs


@extend_schema_serializer(component_name="StockBatch")
class LoteEnBloque(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    item_master_id = serializers.IntegerField(read_only=True)
    item_name = serializers.CharField(read_only=True)
    batch_number = serializers.CharField(read_only=True, allow_null=True)
    quantity_purchased = Numero()
    remaining_qty = Numero()
    unit_cost = Numero()
    purchase_date = serializers.DateField(read_only=True)
    expiry_date = serializers.DateField(read_only=True, allow_null=True)
    supplier_id = serializers.IntegerField(read_only=True, allow_null=True)
    supplier_name = serializers.CharField(read_only=True, allow_null=True)
    po_number = serializers.CharField(read_only=True, allow_null=True)
    notes = serializers.CharField(read_only=True, allow_null=True)
    is_active = serializers.BooleanField(read_only=True, help_text="false: the batch is blocked.")
    created_at = Instante()


@extend_schema_serializer(component_name="BulkFetchItem")
class ItemEnBloque(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    sku = serializers.CharField(read_only=True, allow_null=True)
    name = serializers.CharField(read_only=True)
    current_qty = Numero()
    unit = serializers.CharField(read_only=True)
    category = serializers.CharField(read_only=True, allow_null=True)
    reorder_threshold = Numero()
    last_purchase_price = Numero(allow_null=True)
    reserved_qty = Numero(allow_null=True)
    available_qty = Numero(allow_null=True)
    batches = LoteEnBloque(many=True, read_only=True, allow_null=True)


@extend_schema_serializer(component_name="BulkFetchResponse")
class EnBloqueRespuesta(serializers.Serializer[Any]):
    items = ItemEnBloque(many=True, read_only=True)
    total = serializers.IntegerField(read_only=True)
    requested = serializers.IntegerField(read_only=True)
    found = serializers.IntegerField(read_only=True)
    not_found = serializers.ListField(
        child=serializers.JSONField(), read_only=True, help_text="The ids and SKUs nobody active has."
    )
