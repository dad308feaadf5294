"""Respaldar y restaurar SQLite: una copia en línea, sin detener a quien escribe."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from inventario.vigilancia.respaldos import contenido
from inventario.vigilancia.respaldos.errores import RespaldoImposible

EXTENSION = "sqlite3"
ESPERA_S = 20


def copiar(origen: Path, destino: Path) -> None:
    """Copia la base tal como está en un instante, y comprueba que la copia esté entera.

    Lanza `RespaldoImposible`. De una sola vez: por tandas, cada escritura de otro proceso la haría empezar de
    nuevo; y en modo WAL, quien lee no detiene a quien escribe.
    """
    with _abrir(origen) as viva, _diciendo(destino), contextlib.closing(sqlite3.connect(destino)) as copia:
        viva.backup(copia)
        # Un archivo suelto, sin su diario al lado.
        copia.execute("PRAGMA journal_mode=DELETE")
        [(dicho,)] = copia.execute("PRAGMA integrity_check(1)").fetchall()
        if dicho != "ok":
            raise RespaldoImposible(f"La copia de {origen} no quedó sana: {dicho}.")


def que_lleva(archivo: Path) -> tuple[str, dict[str, str], dict[str, int]]:
    """Devuelve la versión de SQLite, las migraciones y los movimientos por empresa."""
    with _abrir(archivo) as base:
        cursor = base.cursor()
        return (
            sqlite3.sqlite_version,
            contenido.migraciones(cursor),
            contenido.movimientos(cursor, por_filas=False),
        )


@contextlib.contextmanager
def _abrir(archivo: Path) -> Iterator[sqlite3.Connection]:
    if not archivo.is_file():
        raise RespaldoImposible(f"No existe la base {archivo}.")
    direccion = f"{archivo.absolute().as_uri()}?mode=ro"
    with (
        _diciendo(archivo),
        contextlib.closing(sqlite3.connect(direccion, uri=True, timeout=ESPERA_S)) as base,
    ):
        yield base


@contextlib.contextmanager
def _diciendo(archivo: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RespaldoImposible(f"SQLite no pudo con {archivo}: {error}.") from error
