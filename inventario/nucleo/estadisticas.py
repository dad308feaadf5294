"""Lo que el motor sabe de cuántas filas hay detrás de cada índice."""

from __future__ import annotations

from django.db import connection


def refrescar() -> None:
    """Cuenta de nuevo, en SQLite, que nunca lo hace solo; PostgreSQL ya lo hace por su cuenta.

    Sin estadísticas SQLite supone que el índice por empresa es tan selectivo como el del asiento o el del
    producto, y con años de historia cada lectura del libro recorrería la empresa entera.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
