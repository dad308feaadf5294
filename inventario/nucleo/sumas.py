"""Sumas que hace la base, exactas e iguales en los dos motores.

SQLite guarda los decimales en coma flotante: una suma suya se cuantiza, y un producto se le enseña a hacer
en decimal. PostgreSQL ya da lo exacto, y a sus miles de filas no se les hace nada más.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, Max, Sum, TextField
from django.db.models.sql.compiler import SQLCompiler

from inventario.nucleo.cantidades import CERO, cuantizar

_EN_SQLITE = "suma_de_valor"


class SumaExacta(Sum):
    """La suma de una columna a 4 decimales; cero si no hay nada que sumar."""

    def as_postgresql(self, compilador: SQLCompiler, conexion: BaseDatabaseWrapper, **otros: Any) -> Any:
        return _o_cero(self.as_sql(compilador, conexion, **otros))

    def get_db_converters(self, conexion: BaseDatabaseWrapper) -> list[Any]:
        return [] if conexion.vendor == "postgresql" else [_cuantizada]


class ValorExacto(Aggregate):
    """La suma de cantidad por costo unitario, sin redondear; cero si no hay nada que sumar."""

    function = _EN_SQLITE
    arity = 2
    # SQLite lo entrega escrito: como decimal, Django lo leería de una coma flotante.
    output_field = TextField()

    def as_postgresql(self, compilador: SQLCompiler, conexion: BaseDatabaseWrapper, **otros: Any) -> Any:
        suma = self.copy()
        suma.function, suma.arg_joiner = "SUM", " * "
        return _o_cero(suma.as_sql(compilador, conexion, **otros))

    def get_db_converters(self, conexion: BaseDatabaseWrapper) -> list[Any]:
        return [] if conexion.vendor == "postgresql" else [_leido]


class UltimoInstante(Max):
    """El más tardío de los instantes de una columna."""

    def as_postgresql(self, compilador: SQLCompiler, conexion: BaseDatabaseWrapper, **otros: Any) -> Any:
        # Ya escrito: que el controlador leyera miles de instantes costaba más que todo lo demás.
        maximo, parametros = self.as_sql(compilador, conexion, **otros)
        escrito = """'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'"""
        return f"to_char({maximo} AT TIME ZONE 'UTC', {escrito})", parametros

    def convert_value(self, valor: Any, _expresion: Any, conexion: BaseDatabaseWrapper) -> datetime | None:
        return datetime.fromisoformat(valor) if valor and conexion.vendor == "postgresql" else valor


def ensenar_a_sqlite(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Le da a una conexión recién abierta la suma de valores, si es de SQLite."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate(_EN_SQLITE, 2, _SumaDeValor)


class _SumaDeValor:
    """Lo que SQLite llama con cada fila. Un flotante de hasta 15 cifras se escribe igual que su decimal."""

    def __init__(self) -> None:
        self.total = CERO

    def step(self, cantidad: float, costo: float) -> None:
        self.total += Decimal(repr(cantidad)) * Decimal(repr(costo))

    def finalize(self) -> str:
        return str(self.total)


def _o_cero(compilada: tuple[str, Any]) -> tuple[str, Any]:
    suma, parametros = compilada
    return f"COALESCE({suma}, 0)", parametros


def _cuantizada(suma: Decimal | None, _expresion: Any, _conexion: BaseDatabaseWrapper) -> Decimal:
    return cuantizar(suma) if suma else CERO


def _leido(suma: str | None, _expresion: Any, _conexion: BaseDatabaseWrapper) -> Decimal:
    return CERO if suma is None else Decimal(suma)
