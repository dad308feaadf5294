"""Entradas, usos, ajustes y transacciones: lo que llega y lo que sale (§2.4, §2.5, §2.8)."""

from __future__ import annotations

import re
import uuid
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import (
    Cantidad,
    CantidadTexto,
    Consulta,
    CostoTexto,
    Cuerpo,
    Dia,
    DineroTexto,
    Entero,
    Instante,
    Numero,
    Opcion,
    Texto,
)
from inventario.nucleo.cantidades import en_numero

LARGO_DE_NOTAS = 2000
LARGO_DE_REFERENCIA = 64
DIAS = 30

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}")


@extend_schema_field(
    {"oneOf": [{"type": "string", "maxLength": LARGO_DE_REFERENCIA}, {"type": "integer"}], "nullable": True}
)
class Referencia(Texto):
    """Id de otro sistema: entero o texto, se guarda como texto (D14). Un UUID, en su forma canónica."""

    def __init__(self, **opciones: Any) -> None:
        super().__init__(maximo=LARGO_DE_REFERENCIA, required=False, allow_null=True, **opciones)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, int) and not isinstance(data, bool):
            data = str(data)
        texto = super().to_internal_value(data)
        return str(uuid.UUID(texto)) if _UUID.fullmatch(texto) else texto


@extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
class Uuid(Texto):
    """UUID de otro sistema; sale en su forma canónica."""

    mensajes = {**Texto.mensajes, "uuid": "Input should be a valid UUID"}

    def __init__(self, **opciones: Any) -> None:
        super().__init__(maximo=64, required=False, allow_null=True, **opciones)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not _UUID.fullmatch(data.strip()):
            self.fail("uuid")
        return str(uuid.UUID(data.strip()))


class Cifra(serializers.FloatField):
    """Número de una respuesta que no siempre lo trae."""

    def to_representation(self, value: Any) -> int | float:  # type: ignore[override]  # entero si lo es
        return en_numero(value)


def opcional(maximo: int = LARGO_DE_NOTAS, *, multilinea: bool = False) -> Texto:
    """Un texto que puede faltar, venir vacío o ser nulo: las tres cosas dicen lo mismo."""
    return Texto(maximo=maximo, multilinea=multilinea, required=False, allow_null=True)


def notas() -> Texto:
    return opcional(multilinea=True)


def id_de_item() -> Entero:
    return Entero(minimo=1)


def dias(maximo: int = 365) -> Entero:
    return Entero(minimo=1, maximo=maximo, required=False, default=DIAS)


def pagina() -> Entero:
    return Entero(minimo=1, required=False, default=1)


# ── Entrada y uso ───────────────────────────────────────────────────────────────────────────────


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


# ── Ajustes ─────────────────────────────────────────────────────────────────────────────────────


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


# ── Transacciones ───────────────────────────────────────────────────────────────────────────────


@extend_schema_serializer(component_name="TransactionsQuery")
class TransaccionesConsulta(Consulta):
    # De otro tipo o vacíos no filtran, y un tipo desconocido no encuentra nada (§1.9).
    item_id = Texto(maximo=200, required=False, permite_vacio=True)
    transaction_type = Texto(maximo=200, required=False, permite_vacio=True)
    days_back = dias()
    page = pagina()
    limit = Entero(minimo=1, maximo=500, required=False, default=100)


@extend_schema_serializer(component_name="StockTransaction")
class Transaccion(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    item_master_id = serializers.IntegerField(read_only=True)
    item_name = serializers.CharField(read_only=True)
    batch_id = serializers.IntegerField(read_only=True)
    batch_number = serializers.CharField(read_only=True, allow_null=True)
    transaction_type = serializers.ChoiceField(["add", "use", "adjustment", "purchase"], read_only=True)
    quantity_change = CantidadTexto()
    new_balance = CantidadTexto()
    unit_cost = CostoTexto()
    total_cost = DineroTexto()
    po_number = serializers.CharField(read_only=True, allow_null=True)
    module_reference = serializers.CharField(read_only=True, allow_null=True)
    tank_id = serializers.CharField(read_only=True, allow_null=True)
    module_batch_id = serializers.CharField(read_only=True, allow_null=True)
    session_number = serializers.IntegerField(read_only=True, allow_null=True)
    user_id = serializers.CharField(read_only=True)
    username = serializers.CharField(read_only=True)
    notes = serializers.CharField(read_only=True, allow_null=True)
    transaction_date = Instante()


@extend_schema_serializer(component_name="StockTransactionList")
class Transacciones(serializers.Serializer[Any]):
    transactions = Transaccion(many=True, read_only=True)
    total = serializers.IntegerField(read_only=True)
    page = serializers.IntegerField(read_only=True)
    limit = serializers.IntegerField(read_only=True)
