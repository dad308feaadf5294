"""Errores de la base como los entrega Django: el suyo, y el del motor como causa."""

from __future__ import annotations

import psycopg
from django.db import Error, InterfaceError, OperationalError


def con_causa(causa: Exception) -> Error:
    clase = InterfaceError if isinstance(causa, psycopg.InterfaceError) else OperationalError
    error = clase(str(causa))
    error.__cause__ = causa
    return error


def conexion_perdida() -> Error:
    return con_causa(psycopg.OperationalError("server closed the connection"))
