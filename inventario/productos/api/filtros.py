"""Filtrar por el producto que se nombra."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import Filter

from inventario.productos.buscar import con_sku


class PorSku(Filter):  # type: ignore[misc]  # django-filter no trae tipos
    """El SKU entero del producto al que lleva la columna, como lo compara el catálogo."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(con_sku(value, camino=self.field_name))
