"""Formas de lo que consumió un módulo (§2.11)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import CantidadTexto, Consulta, Dia, DineroTexto, Instante
from inventario.biofloc.existencias.esquemas.comun import dias


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
