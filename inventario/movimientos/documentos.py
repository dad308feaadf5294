"""Qué ve del libro quien está limitado a unas bodegas: los asientos que las tocan, y de ellos sus líneas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from inventario.movimientos.models import Asiento, Movimiento
from inventario.nucleo.alcance import Alcance

if TYPE_CHECKING:
    from django.db.models import QuerySet


def asientos_al_alcance(asientos: QuerySet[Any], alcance: Alcance) -> QuerySet[Any]:
    """Los que movieron algo en alguna de sus bodegas."""
    if not alcance.limitado:
        return asientos
    return asientos.filter(Exists(alcance.filtrar(Movimiento.objects.filter(asiento=OuterRef("pk")))))


def lineas_al_alcance(asiento: Asiento, alcance: Alcance) -> QuerySet[Any]:
    """Las líneas de ese asiento en sus bodegas: un traslado, por ejemplo, se ve por un solo lado."""
    return alcance.filtrar(Movimiento.objects.filter(asiento=asiento))
