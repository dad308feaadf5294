"""Dónde espera lo subido mientras se ensaya y se aplica: una carpeta propia, que nadie sirve y se barre."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

CARPETA = "importaciones"


def guardar(empresa_id: int, subido: File[bytes]) -> str:
    """Guarda lo subido con un nombre que no se puede adivinar, y lo devuelve."""
    return default_storage.save(f"{CARPETA}/{empresa_id}/{secrets.token_urlsafe(32)}", subido)


@contextmanager
def en_disco(guardado: str) -> Iterator[Path]:
    """Presta una copia en el disco local: el almacén puede estar en otra parte."""
    # Con lo demás que se sube: si el proceso muere a medias, la misma escoba lo encuentra.
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as carpeta:
        copia = Path(carpeta) / "archivo"
        with default_storage.open(guardado, "rb") as origen, copia.open("wb") as destino:
            shutil.copyfileobj(origen, destino)
        yield copia


def borrar(guardado: str) -> None:
    if guardado:
        default_storage.delete(guardado)
