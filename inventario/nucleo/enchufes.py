"""Que lo que una capa espera de otra de encima, por su ruta, esté y se pueda llamar."""

from __future__ import annotations

from django.utils.module_loading import import_string


def por_que_no_sirve(ruta: str) -> str | None:
    """Dice por qué esa ruta no lleva a una función; `None` si lleva."""
    try:
        sirve = callable(import_string(ruta))
    except ImportError as error:
        return f"no se puede importar: {error}"
    return None if sirve else "no es una función"
