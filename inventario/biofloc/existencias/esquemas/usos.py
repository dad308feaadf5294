"""Formas del uso de un ítem (§2.4)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Cantidad, CantidadTexto, CostoTexto, Cuerpo, DineroTexto, Texto
from inventario.biofloc.existencias.esquemas.comun import (
    LARGO_DE_REFERENCIA,
    Cifra,
    Referencia,
    id_de_item,
    notas,
    opcional,
)


@extend_schema_serializer(component_name="StockUseRequest")
class UsarPeticion(Cuerpo):
    item_master_id = id_de_item()
    quantity = Cantidad()
    purpose = Texto(maximo=500, multilinea=True)
    module_reference = opcional(LARGO_DE_REFERENCIA)
    tank_id = Referencia()
    notes = notas()


@extend_schema_serializer(component_name="BatchUsed")
class LoteUsado(serializers.Serializer[Any]):
    batch_id = serializers.IntegerField(read_only=True)
    batch_number = serializers.CharField(read_only=True, allow_null=True)
    qty_from_batch = CantidadTexto()
    unit_cost = CostoTexto()
    cost = DineroTexto()


@extend_schema_serializer(component_name="StockUseResponse")
class UsarRespuesta(serializers.Serializer[Any]):
    success = serializers.BooleanField(read_only=True)
    message = serializers.CharField(read_only=True)
    quantity_used = CantidadTexto()
    batches_used = LoteUsado(many=True, read_only=True)
    total_cost = DineroTexto()
    weighted_avg_cost = CostoTexto()
    new_balance = CantidadTexto()


@extend_schema_serializer(component_name="InsufficientStock")
class Insuficiente(serializers.Serializer[Any]):
    # Lo demás del cuerpo solo viene cuando lo que falta es existencia.
    detail = serializers.CharField(read_only=True)
    available = Cifra(required=False)
    requested = Cifra(required=False)
    reserved_qty = Cifra(required=False)
    expired_qty = Cifra(required=False)
    unit = serializers.CharField(required=False)
