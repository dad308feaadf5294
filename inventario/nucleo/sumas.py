"""Sumar cantidades en la base sin que pierdan ni ganen nada."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Sum
from django.db.models.sql.compiler import SQLCompiler

from inventario.nucleo.cantidades import CERO, cuantizar


class SumaExacta(Sum):
    """La suma a 4 decimales; cero si no hay nada que sumar.

    PostgreSQL la da ya así, y a sus miles de filas no se les hace nada más; SQLite suma en coma flotante.
    """

    # Lo que Django responde por su cuenta si sabe que no hay filas.
    empty_result_set_value = CERO  # type: ignore[assignment]  # sus tipos solo conocen enteros

    def as_postgresql(self, compilador: SQLCompiler, conexion: BaseDatabaseWrapper, **otros: Any) -> Any:
        suma, parametros = self.as_sql(compilador, conexion, **otros)
        return f"COALESCE({suma}, 0)", parametros

    def get_db_converters(self, conexion: BaseDatabaseWrapper) -> list[Any]:
        return [] if conexion.vendor == "postgresql" else [_exacta]


def _exacta(suma: Decimal | None, _expresion: Any, _conexion: BaseDatabaseWrapper) -> Decimal:
    return cuantizar(suma) if suma else CERO
