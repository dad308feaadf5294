"""Dónde quedan los archivos exportados, y cómo se borran."""

from __future__ import annotations

import secrets

from django.core.files.storage import default_storage

from inventario.reportes.models import Exportacion

CARPETA = "exportaciones"


def nombre_secreto(exportacion: Exportacion) -> str:
    return f"{CARPETA}/{exportacion.empresa_id}/{secrets.token_urlsafe(32)}.{exportacion.formato}"


def borrar(nombre: str) -> bool:
    if not nombre or not default_storage.exists(nombre):
        return False
    default_storage.delete(nombre)
    return True
