"""Listas que se filtran por sus campos: qué columna mira cada parámetro."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import QuerySet
from django_filters import FilterSet

_Filas = TypeVar("_Filas", bound=QuerySet[Any])


class Filtros(FilterSet):  # type: ignore[misc]  # django-filter no trae tipos
    """Cada filtro se llama como su parámetro.

    Los valores llegan leídos por la `Peticion` de la lista, que dice sus errores con el sobre de todos y los
    documenta: leerlos otra vez con los formularios de django-filter daría otras frases y otros códigos.
    """

    @classmethod
    def filtrar(cls, filas: _Filas, leido: Mapping[str, Any]) -> _Filas:
        for nombre, filtro in cls(queryset=filas).filters.items():
            if nombre in leido:
                filas = filtro.filter(filas, leido[nombre])
        return filas
