"""Formas de los ajustes (§2.5)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import (
    Cantidad,
    CantidadTexto,
    Consulta,
    Cuerpo,
    Entero,
    Instante,
    Numero,
    Opcion,
    Texto,
)
from inventario.biofloc.existencias.esquemas.comun import dias, id_de_item, notas, pagina


@extend_schema_serializer(component_name="StockAdjustRequest")
class AjustarPeticion(Cuerpo):
    item_master_id = id_de_item()
    adjustment_type = Opcion(["increase", "decrease", "recount"])
    quantity_change = Cantidad(con_signo=True, minimo=None)
    reason = Texto(maximo=255)
    notes = notas()

    def to_internal_value(self, data: Any) -> Any:
        # Contar cero es hallar el estante vacío; aumentar o disminuir cero no pide nada.
        contando = isinstance(data, dict) and data.get("adjustment_type") == "recount"
        campo: Any = self.fields["quantity_change"]
        campo.minimo = -campo.maximo if contando else None
        return super().to_internal_value(data)


@extend_schema_serializer(component_name="StockAdjustResponse")
class AjustarRespuesta(serializers.Serializer[Any]):
    success = serializers.BooleanField(read_only=True)
    message = serializers.CharField(read_only=True)
    adjustment_id = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="null when a recount found exactly what was recorded."
    )
    previous_qty = Numero()
    new_qty = Numero()
    quantity_change = Numero()


@extend_schema_serializer(component_name="AdjustmentsQuery")
class AjustesConsulta(Consulta):
    item_id = Entero(minimo=1, required=False)
    days_back = dias()
    page = pagina()
    limit = Entero(minimo=1, maximo=500, required=False, default=50)


@extend_schema_serializer(component_name="StockAdjustment")
class Ajuste(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    item_master_id = serializers.IntegerField(read_only=True)
    item_name = serializers.CharField(read_only=True)
    sku = serializers.CharField(read_only=True, allow_null=True)
    unit = serializers.CharField(read_only=True)
    adjustment_type = serializers.ChoiceField(["increase", "decrease", "recount"], read_only=True)
    quantity_change = CantidadTexto()
    previous_qty = CantidadTexto()
    new_qty = CantidadTexto()
    reason = serializers.CharField(read_only=True)
    notes = serializers.CharField(read_only=True, allow_null=True)
    adjusted_by = serializers.CharField(read_only=True)
    adjusted_by_name = serializers.CharField(read_only=True)
    adjustment_date = Instante()


@extend_schema_serializer(component_name="StockAdjustmentList")
class Ajustes(serializers.Serializer[Any]):
    adjustments = Ajuste(many=True, read_only=True)
    total = serializers.IntegerField(read_only=True)
    page = serializers.IntegerField(read_only=True)
    limit = serializers.IntegerField(read_only=True)
