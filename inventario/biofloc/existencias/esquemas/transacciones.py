"""Formas de las transacciones (§2.8)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import (
    CantidadTexto,
    Consulta,
    CostoTexto,
    DineroTexto,
    Entero,
    Instante,
    Texto,
)
from inventario.biofloc.existencias.esquemas.comun import dias, pagina


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
