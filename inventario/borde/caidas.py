"""Qué le pasó a la base cuando no pudo: estaba ocupada, sin espacio o caída. Lo demás es un error nuestro."""

from __future__ import annotations

import errno
import sqlite3
from enum import StrEnum

import psycopg
from django.db import InternalError, OperationalError


class Caida(StrEnum):
    """Por qué no se pudo.

    Ocupada o sin espacio, la base lo dijo: no se guardó nada. Si no responde no se sabe: pudo callar después
    de confirmar la transacción. Repetirlo es seguro solo con la misma clave de idempotencia.
    """

    OCUPADA = "ocupada"
    SIN_ESPACIO = "sin_espacio"
    NO_RESPONDE = "no_responde"


# Cuándo conviene volver: una fila se suelta enseguida; un disco lleno espera a una persona.
ESPERA_S = {Caida.OCUPADA: 2, Caida.NO_RESPONDE: 5, Caida.SIN_ESPACIO: 60}

# Esperó una fila ajena, tardó de más, se cruzó con otra (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_OCUPADA = {"55P03", "57014", "40P01", "40001"}
_SIN_ESPACIO = {"53100"}
# Se cortó la conexión, le faltan recursos, o la apagaron o la están arrancando.
_NO_RESPONDE = ("08", "53", "57P01", "57P02", "57P03", "57P04", "57P05")
_TRANSACCION_VENCIDA = {"25P03"}
_SQLITE = {
    sqlite3.SQLITE_BUSY: Caida.OCUPADA,
    sqlite3.SQLITE_LOCKED: Caida.OCUPADA,
    sqlite3.SQLITE_FULL: Caida.SIN_ESPACIO,
    # Así dice un disco lleno quien no llegó a escribir en el registro de la transacción.
    sqlite3.SQLITE_IOERR: Caida.SIN_ESPACIO,
    sqlite3.SQLITE_CANTOPEN: Caida.NO_RESPONDE,
    sqlite3.SQLITE_READONLY: Caida.NO_RESPONDE,
}


def caida_de(error: BaseException | None) -> Caida | None:
    """Devuelve por qué la base no pudo; `None` si el error no es de ella."""
    if isinstance(error, OSError):
        return Caida.SIN_ESPACIO if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    causa = getattr(error, "__cause__", None)
    estado = getattr(causa, "sqlstate", None)
    if isinstance(error, InternalError):
        return Caida.OCUPADA if estado in _TRANSACCION_VENCIDA else None
    if not isinstance(error, OperationalError):
        return None
    if estado in _OCUPADA:
        return Caida.OCUPADA
    if estado in _SIN_ESPACIO:
        return Caida.SIN_ESPACIO
    de_sqlite = getattr(causa, "sqlite_errorcode", None)
    if de_sqlite is not None:
        # El byte bajo es la clase; una tabla o una columna que no existe es un error nuestro.
        return _SQLITE.get(de_sqlite & 0xFF)
    if estado is not None:
        return Caida.NO_RESPONDE if estado.startswith(_NO_RESPONDE) else None
    # Sin código no habló el servidor: psycopg no llegó a él o lo perdió.
    return Caida.NO_RESPONDE if isinstance(causa, psycopg.OperationalError) else None
