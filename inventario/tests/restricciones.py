"""Qué restricciones tienen nombre y cuáles tienen una prueba que las viola."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.db import connection, models

from inventario.nucleo.solo_agregar import SoloAgregar
from inventario.nucleo.tests.restricciones import ARGUMENTOS, disparador_de

DE_LA_BASE = """
    SELECT conname FROM pg_constraint WHERE conrelid = %(tabla)s::regclass AND contype IN ('c', 'u', 'x')
    UNION SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
          WHERE indrelid = %(tabla)s::regclass AND indisunique AND NOT indisprimary
    UNION SELECT tgname FROM pg_trigger WHERE tgrelid = %(tabla)s::regclass AND NOT tgisinternal
"""


def probadas(app: str) -> set[str]:
    """Las que pytest va a probar en esa app: se leen de las pruebas mismas y no de una lista aparte."""
    modulo = f"{app}.tests.test_restricciones"
    if find_spec(f"{app}.tests") is None or find_spec(modulo) is None:
        return set()
    return {
        caso.values[0]
        for nombre, prueba in vars(import_module(modulo)).items()
        if nombre.startswith("test_")
        for marca in getattr(prueba, "pytestmark", [])
        if marca.name == "parametrize" and marca.args[0] == ARGUMENTOS
        for caso in marca.args[1]
    }


def con_nombre(modelo: type[models.Model]) -> set[str]:
    """Las que declara el modelo y, en PostgreSQL, también las que solo puso una migración."""
    declaradas = {regla.name for regla in modelo._meta.constraints}
    if issubclass(modelo, SoloAgregar):
        declaradas.add(disparador_de(modelo._meta.db_table))
    if connection.vendor == "postgresql":
        declaradas |= _de_la_base(modelo)
    return declaradas


def _de_la_base(modelo: type[models.Model]) -> set[str]:
    tabla = modelo._meta.db_table
    # Así se llaman las que nadie nombró: la de un campo único o la de un entero que no baja de cero.
    sin_nombre = tuple(f"{tabla}_{campo.column}_" for campo in modelo._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(DE_LA_BASE, {"tabla": tabla})
        nombres = {nombre for (nombre,) in cursor.fetchall() if not nombre.startswith(sin_nombre)}
    # Vaciar una tabla no es de ninguna fila: ese disparador tiene su propia prueba.
    return nombres - {f"{tabla}_sin_vaciar"}
