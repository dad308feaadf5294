"""Respaldar y restaurar SQLite: una copia en línea, sin detener a quien escribe."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from inventario.vigilancia.respaldos import contenido
from inventario.vigilancia.respaldos.errores import RespaldoImposible

EXTENSION = "sqlite3"
# Entre tanda y tanda se suelta la base: quien despacha no espera la copia entera.
_PAGINAS = 2000


def copiar(origen: Path, destino: Path) -> None:
    """Copia la base tal como está en un instante, y comprueba que la copia esté entera."""
    with contextlib.closing(_abrir(origen)) as viva, contextlib.closing(sqlite3.connect(destino)) as copia:
        viva.backup(copia, pages=_PAGINAS, sleep=0.01)
        # Un archivo suelto, sin su diario al lado.
        copia.execute("PRAGMA journal_mode=DELETE")
        [(dicho,)] = copia.execute("PRAGMA quick_check(1)").fetchall()
    if dicho != "ok":
        raise RespaldoImposible(f"La copia de la base no quedó sana: {dicho}.")


def que_lleva(archivo: Path) -> tuple[str, dict[str, str], dict[str, int]]:
    """Devuelve la versión de SQLite, las migraciones y los movimientos por empresa."""
    with contextlib.closing(_abrir(archivo)) as base:
        cursor = base.cursor()
        return (
            sqlite3.sqlite_version,
            contenido.migraciones(cursor),
            contenido.movimientos(cursor, por_filas=False),
        )


def _abrir(archivo: Path) -> sqlite3.Connection:
    if not archivo.is_file():
        raise RespaldoImposible(f"No existe la base {archivo}.")
    return sqlite3.connect(f"file:{archivo}?mode=ro", uri=True, timeout=20)
