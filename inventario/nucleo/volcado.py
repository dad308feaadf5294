"""Insertar miles de filas de una vez: lo que `bulk_create` hace fila por fila, aquí por columnas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

# Con menos filas gana `bulk_create`, que no necesita pedir los id por separado.
UMBRAL = 200

_M = TypeVar("_M", bound=models.Model)
_SIN_CONVERTIR = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


def insertar(modelo: type[_M], filas: Sequence[_M]) -> None:
    """Inserta las filas y les pone su id, en el orden dado. No manda señales ni admite conflictos.

    Se llama dentro de una transacción; las filas a las que apunten ya deben tener id. No sirve si el
    modelo tiene columnas JSON.
    """
    if len(filas) < UMBRAL:
        modelo._default_manager.bulk_create(filas)
        return
    identidad = modelo._meta.pk.attname
    for fila, pk in zip(filas, _tomar_ids(modelo, len(filas)), strict=True):
        fila.__dict__[identidad] = pk
    campos = modelo._meta.local_concrete_fields
    columnas = [_columna(campo, filas) for campo in campos]
    nombres = ", ".join(connection.ops.quote_name(str(campo.column)) for campo in campos)
    tabla = connection.ops.quote_name(modelo._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arreglos = ", ".join(f"%s::{campo.db_type(connection)}[]" for campo in campos)
            cursor.execute(f"INSERT INTO {tabla} ({nombres}) SELECT * FROM unnest({arreglos})", columnas)
        else:
            huecos = ", ".join(["%s"] * len(campos))
            cursor.executemany(
                f"INSERT INTO {tabla} ({nombres}) VALUES ({huecos})", list(zip(*columnas, strict=True))
            )
    for fila in filas:
        fila._state.adding, fila._state.db = False, DEFAULT_DB_ALIAS


def _tomar_ids(modelo: type[models.Model], cuantos: int) -> list[int]:
    tabla = modelo._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [tabla, cuantos],
            )
            return sorted(pk for (pk,) in cursor.fetchall())
        # Quien escribe en SQLite tiene la base para sí: nadie más puede tomar estos números.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [tabla])
        ultimo = (cursor.fetchone() or [0])[0]
        return list(range(ultimo + 1, ultimo + 1 + cuantos))


def _columna(campo: models.Field[Any, Any], filas: Sequence[models.Model]) -> list[Any]:
    nombre = campo.attname
    if isinstance(campo, models.ForeignKey):
        for fila in filas:
            if fila.__dict__[nombre] is None and campo.is_cached(fila):
                apuntada = campo.get_cached_value(fila)
                # Por el diccionario: asignar el id por el descriptor olvidaría la fila apuntada.
                fila.__dict__[nombre] = apuntada and apuntada.pk
    if getattr(campo, "auto_now", False) or getattr(campo, "auto_now_add", False):
        for fila in filas:
            campo.pre_save(fila, add=True)
    return list(map(_convertidor(campo), [fila.__dict__[nombre] for fila in filas]))


def _convertidor(campo: models.Field[Any, Any]) -> Callable[[Any], Any]:
    destino = campo.target_field if isinstance(campo, models.ForeignKey) else campo
    if isinstance(destino, _SIN_CONVERTIR):
        return _tal_cual
    conexion = connections[DEFAULT_DB_ALIAS]

    # En una columna los valores se repiten mucho: convertir cada uno una vez es casi todo el ahorro.
    @cache
    def convertir(valor: Any) -> Any:
        return campo.get_db_prep_save(valor, conexion)

    return convertir


def _tal_cual(valor: Any) -> Any:
    return valor
