"""Dar órdenes de consola en una prueba y leer lo que contestan."""

from __future__ import annotations

import io
from typing import Any

from django.core.management import CommandError, call_command


def dicho_por(orden: str, *argumentos: Any, **opciones: Any) -> str:
    """Devuelve lo que la orden escribió; si terminó en 1, con «ERROR» y su mensaje al final."""
    salida = io.StringIO()
    try:
        call_command(orden, *argumentos, stdout=salida, stderr=io.StringIO(), **opciones)
    except CommandError as error:
        if error.returncode != 1:
            raise
        return f"{salida.getvalue()}ERROR {error}"
    return salida.getvalue()
