"""Formas de una entrada (§2.4)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Cantidad, CantidadTexto, Cuerpo, Dia, Entero
from inventario.biofloc.existencias.esquemas.comun import id_de_item, notas, opcional


@extend_schema_serializer(component_name="StockAddRequest")
class AgregarPeticion(Cuerpo):
    item_master_id = id_de_item()
    quantity = Cantidad()
    unit_cost = Cantidad(minimo=0)
    purchase_date = Dia()
    supplier_id = Entero(minimo=1, required=False, allow_null=True)
    batch_number = opcional(100)
    expiry_date = Dia(required=False, allow_null=True)
    po_number = opcional(100)
    notes = notas()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        vence = attrs.get("expiry_date")
        if vence is not None and vence <= attrs["purchase_date"]:
            mensaje = "expiry_date should be after purchase_date"
            raise serializers.ValidationError({"expiry_date": [mensaje]}, code="value_error")
        return attrs


@extend_schema_serializer(component_name="StockAddResponse")
class AgregarRespuesta(serializers.Serializer[Any]):
    success = serializers.BooleanField(read_only=True)
    message = serializers.CharField(read_only=True)
    batch_id = serializers.IntegerField(read_only=True)
    new_total_qty = CantidadTexto()
