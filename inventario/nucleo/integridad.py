"""Qué restricción de la base se violó, dicho igual en los dos motores."""

from __future__ import annotations

import re
from functools import cache

from django.apps import apps
from django.db import IntegrityError
from django.db.models import UniqueConstraint

_NOMBRADA = re.compile(r"constraint failed: (?:index )?'?(\w+)'?$")
_COLUMNAS = re.compile(r"UNIQUE constraint failed: ([\w., ]+)$")


def restriccion_violada(error: IntegrityError) -> str:
    """Devuelve el nombre de la restricción, o vacío si el motor no la nombra.

    SQLite nombra las CHECK, pero de un índice único solo dice las columnas: se buscan en los modelos.
    """
    diagnostico = getattr(error.__cause__, "diag", None)
    if diagnostico is not None:
        return str(diagnostico.constraint_name or "")
    mensaje = str(error)
    if columnas := _COLUMNAS.search(mensaje):
        return _unicas().get(columnas[1], "")
    nombrada = _NOMBRADA.search(mensaje)
    return nombrada[1] if nombrada else ""


@cache
def _unicas() -> dict[str, str]:
    reglas: dict[str, str] = {}
    for modelo in apps.get_models():
        columnas = {campo.name: campo.column for campo in modelo._meta.local_concrete_fields}
        for regla in modelo._meta.constraints:
            if isinstance(regla, UniqueConstraint) and regla.fields:
                donde = ", ".join(f"{modelo._meta.db_table}.{columnas[campo]}" for campo in regla.fields)
                reglas[donde] = regla.name
    return reglas
