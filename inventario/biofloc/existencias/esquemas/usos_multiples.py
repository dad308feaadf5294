"""Formas del uso de varios ítems a la vez (§2.9)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Cantidad, Cuerpo, Entero, Numero, Opcion, Texto
from inventario.biofloc.catalogo.esquemas.modulos import MODULOS
from inventario.biofloc.existencias.esquemas.comun import (
    ERRORES_DE_LISTA,
    Cifra,
    Referencia,
    Uuid,
    notas,
    opcional,
)

LINEAS_MAXIMAS = 50


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
        error_messages=ERRORES_DE_LISTA,
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
