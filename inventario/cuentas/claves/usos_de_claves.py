"""Qué se pidió con cada clave de API.

Se anota en memoria y se guarda junto cada pocos segundos: escribir una fila por solicitud haría que
cada lectura esperase su turno de escribir. Si el proceso muere de golpe se pierden esos segundos.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections import deque
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from inventario.cuentas.models import Empresa, UsoDeClave
from inventario.nucleo.empresa import en_empresa

registro = logging.getLogger(__name__)

# Con la base caída no se acumula sin fin: se olvidan los más viejos.
PENDIENTES_MAXIMO = 5000

_turno = threading.Lock()
_pendientes: deque[UsoDeClave] = deque(maxlen=PENDIENTES_MAXIMO)
_reloj: threading.Timer | None = None


def anotar(uso: UsoDeClave) -> None:
    """Deja el uso para guardarlo pronto; no consulta la base."""
    global _reloj
    with _turno:
        _pendientes.append(uso)
        if _reloj is None and settings.USOS_DE_CLAVE_CADA_S > 0:
            _reloj = threading.Timer(settings.USOS_DE_CLAVE_CADA_S, _volcar_aparte)
            _reloj.daemon = True
            _reloj.start()
            atexit.unregister(volcar)
            atexit.register(volcar)


def volcar() -> int:
    """Guarda lo anotado en este proceso; devuelve cuántos. Lo que la base rechace se pierde y se dice."""
    with _turno:
        filas = list(_pendientes)
        _pendientes.clear()
    if not filas:
        return 0
    try:
        return _guardar(filas)
    except OperationalError as error:
        registro.error("No se guardaron %s usos de claves de API", len(filas), exc_info=error)
        return 0
    except DatabaseError:
        # Una fila mala no borra el rastro de las demás: sería la manera de esconder lo que se pidió.
        return sum(_guardar_sola(fila) for fila in filas)


def olvidar() -> None:
    """Descarta lo anotado y no guardado."""
    with _turno:
        _pendientes.clear()


def purgar(ahora: datetime) -> int:
    """Borra los usos más viejos de lo que se guardan; devuelve cuántos."""
    borrados = 0
    for empresa in Empresa.objects.order_by("pk"):
        with en_empresa(empresa):
            viejos = UsoDeClave.objects.filter(
                clave__empresa=empresa, creado_en__lt=ahora - settings.USOS_DE_CLAVE_SE_GUARDAN
            )
            borrados += viejos.delete()[0]
    return borrados


def _guardar(filas: list[UsoDeClave]) -> int:
    por_empresa: dict[Empresa, list[UsoDeClave]] = {}
    for fila in filas:
        por_empresa.setdefault(fila.clave.empresa, []).append(fila)
    # Todo o nada: quien llama vuelve a intentarlo fila por fila.
    with transaction.atomic():
        for empresa, suyas in por_empresa.items():
            with en_empresa(empresa):
                UsoDeClave.objects.bulk_create(suyas, batch_size=500)
    return len(filas)


def _guardar_sola(fila: UsoDeClave) -> int:
    try:
        return _guardar([fila])
    except DatabaseError as error:
        registro.error("No se guardó un uso de la clave de API %s", fila.clave_id, exc_info=error)
        return 0


def _volcar_aparte() -> None:
    global _reloj
    with _turno:
        _reloj = None
    try:
        volcar()
    finally:
        # Es la conexión de este hilo, que termina aquí.
        connection.close()
