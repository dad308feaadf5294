"""Varios ítems de una vez: use-batch, bulk-fetch y el consumo de un módulo (§2.9 a §2.11)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import (
    Booleano,
    Cantidad,
    CantidadTexto,
    Consulta,
    Cuerpo,
    Dia,
    DineroTexto,
    Entero,
    Instante,
    Numero,
    Opcion,
    Texto,
)
from inventario.biofloc.catalogo.esquemas import MODULOS
from inventario.biofloc.existencias.esquemas import Cifra, Referencia, Uuid, dias, notas, opcional

LINEAS_MAXIMAS = 50
NOMBRADOS_MAXIMOS = 100

_DE_LISTA: dict[str, Any] = {
    "not_a_list": "Input should be a valid list",
    "empty": "List should have at least 1 item",
    "min_length": "List should have at least {min_length} item",
    "max_length": "List should have at most {max_length} items",
    "required": "Field required",
    "null": "Input should not be null",
    "invalid": "Input should be a valid dictionary",
}


# ── use-batch ───────────────────────────────────────────────────────────────────────────────────


@extend_schema_serializer(component_name="UseBatchLine")
class LineaPeticion(Cuerpo):
    item_id = Entero(minimo=1, required=False, allow_null=True)
    sku = Texto(maximo=255, required=False, allow_null=True, help_text="The SKU, or the exact item name.")
    quantity = Cantidad()
    notes = opcional(500, multilinea=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("item_id") is None) == (attrs.get("sku") is None):
            raise serializers.ValidationError("Provide exactly one of item_id or sku", code="value_error")
        return attrs


@extend_schema_serializer(component_name="UseBatchRequest")
class UsoVariasPeticion(Cuerpo):
    deductions: Any = serializers.ListSerializer(
        child=LineaPeticion(),
        min_length=1,
        max_length=LINEAS_MAXIMAS,
        allow_empty=False,
        error_messages=_DE_LISTA,
    )
    module_reference = Opcion(MODULOS)
    tank_id = Referencia()
    batch_id = Uuid()
    session_number = Entero(minimo=1, required=False, allow_null=True)
    global_notes = notas()


@extend_schema_serializer(component_name="UseBatchResult")
class ResultadoDeLinea(serializers.Serializer[Any]):
    # `error`, `available` y `requested` solo vienen en la línea que falló.
    item_name = serializers.CharField(read_only=True)
    sku = serializers.CharField(read_only=True, allow_null=True)
    quantity = Numero()
    cost = Numero()
    success = serializers.BooleanField(read_only=True)
    transaction_ids = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    error = serializers.CharField(required=False)
    available = Cifra(required=False)
    requested = Cifra(required=False)


@extend_schema_serializer(component_name="UseBatchResponse")
class UsoVariasRespuesta(serializers.Serializer[Any]):
    success = serializers.BooleanField(read_only=True)
    total = serializers.IntegerField(read_only=True)
    successful = serializers.IntegerField(read_only=True)
    failed = serializers.IntegerField(read_only=True)
    total_cost = Numero()
    results = ResultadoDeLinea(many=True, read_only=True)
    transaction_ids = serializers.ListField(child=serializers.IntegerField(), read_only=True)


@extend_schema_serializer(component_name="UseBatchFailure")
class UsoVariasFallido(serializers.Serializer[Any]):
    detail = serializers.CharField(read_only=True)
    results = ResultadoDeLinea(many=True, required=False)
    transaction_ids = serializers.ListField(child=serializers.IntegerField(), required=False)


# ── bulk-fetch ──────────────────────────────────────────────────────────────────────────────────


@extend_schema_serializer(component_name="BulkFetchRequest")
class EnBloquePeticion(Cuerpo):
    item_ids = serializers.ListField(
        child=Entero(minimo=1),
        max_length=NOMBRADOS_MAXIMOS,
        required=False,
        allow_null=True,
        error_messages=_DE_LISTA,
    )
    skus = serializers.ListField(
        child=Texto(maximo=100),
        max_length=NOMBRADOS_MAXIMOS,
        required=False,
        allow_null=True,
        error_messages=_DE_LISTA,
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


# ── Consumo ─────────────────────────────────────────────────────────────────────────────────────


@extend_schema_serializer(component_name="ModuleConsumptionQuery")
class ConsumoConsulta(Consulta):
    days_back = dias()
    start_date = Dia(required=False)
    end_date = Dia(required=False)

    vacios = frozenset({"start_date", "end_date"})

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        inicio, fin = attrs.get("start_date"), attrs.get("end_date")
        if inicio and fin and inicio > fin:
            mensaje = "end_date should not be before start_date"
            raise serializers.ValidationError({"end_date": [mensaje]}, code="value_error")
        return attrs


@extend_schema_serializer(component_name="ModuleConsumptionItem")
class ItemConsumido(serializers.Serializer[Any]):
    item_id = serializers.IntegerField(read_only=True)
    item_name = serializers.CharField(read_only=True)
    sku = serializers.CharField(read_only=True, allow_null=True)
    category = serializers.CharField(read_only=True, allow_null=True)
    unit = serializers.CharField(read_only=True)
    total_quantity_used = CantidadTexto()
    total_cost = DineroTexto()
    transaction_count = serializers.IntegerField(read_only=True)
    last_used = Instante(allow_null=True)


@extend_schema_serializer(component_name="ModuleConsumption")
class ConsumoRespuesta(serializers.Serializer[Any]):
    module_name = serializers.CharField(read_only=True)
    items = ItemConsumido(many=True, read_only=True)
    total_cost = DineroTexto()
    total_items = serializers.IntegerField(read_only=True)
    period_days = serializers.IntegerField(read_only=True)
