"""Qué lleva dentro una base, para decir si la restaurada es la respaldada."""

from __future__ import annotations

from typing import Any, Protocol

from inventario.nucleo.empresa import AJUSTE


class Cursor(Protocol):
    """Lo común de psycopg y sqlite3."""

    def execute(self, orden: Any, /) -> object: ...
    def fetchall(self) -> list[Any]: ...


def migraciones(cursor: Cursor) -> dict[str, str]:
    """Devuelve la última migración aplicada de cada aplicación."""
    cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app")
    return {str(app): str(nombre) for app, nombre in cursor.fetchall()}


def movimientos(cursor: Cursor, *, por_filas: bool) -> dict[str, int]:
    """Devuelve cuántas líneas tiene el libro de cada empresa.

    Con `por_filas` lo pregunta empresa por empresa: a quien le alcanza la seguridad por filas solo se le
    muestran las de la que nombra.
    """
    cursor.execute("SELECT id FROM cuentas_empresa ORDER BY id")
    cuantos: dict[str, int] = {}
    for (empresa,) in cursor.fetchall():
        if por_filas:
            cursor.execute(f"SELECT set_config('{AJUSTE}', '{int(empresa)}', true)")
        cursor.execute(f"SELECT count(*) FROM movimientos_movimiento WHERE empresa_id = {int(empresa)}")
        [(cuantos[str(empresa)],)] = cursor.fetchall()
    return cuantos
