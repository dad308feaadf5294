"""Lo común de las órdenes de respaldo: decir por qué no se pudo y anotar cómo les fue."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from inventario.vigilancia.corridas import anotar_corrida
from inventario.vigilancia.respaldos.errores import RespaldoImposible

bitacora = logging.getLogger(__name__)


@contextlib.contextmanager
def anotando(trabajo: str) -> Iterator[None]:
    """Anota la corrida: así se ve en el admin y se avisa si envejece. Lanza `CommandError` si no se pudo."""
    empezo = timezone.now()
    try:
        yield
    except RespaldoImposible as error:
        _anotar(trabajo, empezo, str(error))
        raise CommandError(str(error)) from error
    _anotar(trabajo, empezo, "")


def _anotar(trabajo: str, empezo: datetime, error: str) -> None:
    try:
        anotar_corrida(trabajo, empezo_en=empezo, termino_en=timezone.now(), error=error)
    except DatabaseError:
        # Lo que importa es el respaldo: con la base detenida también se verifica uno.
        bitacora.warning("No se pudo anotar cómo terminó «%s».", trabajo, exc_info=True)
