"""Forma del resumen del inventario (§2.8)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import DineroTexto


@extend_schema_serializer(component_name="BioflocDashboard")
class Tablero(serializers.Serializer[Any]):
    total_items = serializers.IntegerField()
    active_items = serializers.IntegerField()
    total_stock_value = DineroTexto()
    low_stock_items = serializers.IntegerField()
    expiring_soon_items = serializers.IntegerField()
    pending_pos = serializers.IntegerField()
    recent_transactions_count = serializers.IntegerField()
    total_categories = serializers.IntegerField()
    active_suppliers = serializers.IntegerField()
    recent_transactions_7d = serializers.IntegerField()
