"""Avisar al worker sin hacer esperar a quien pidió algo."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError as SinCola
from redis.exceptions import RedisError

from inventario.nucleo.pausa import EnPausa, Pausa

registro = logging.getLogger(__name__)

FALLAS = (SinCola, RedisError, OSError)
PAUSA = Pausa(5.0, FALLAS)


def avisar(tarea: Task[Any, Any], *args: object) -> bool:
    """Manda la tarea; si la cola no responde lo anota y devuelve `False`.

    Es para lo que una ronda de beat recoge de la base de todos modos: el aviso solo lo adelanta.
    """
    try:
        with PAUSA.intentar():
            tarea.delay(*args)
    except FALLAS as error:
        nivel = logging.DEBUG if isinstance(error, EnPausa) else logging.WARNING
        registro.log(
            nivel, "La cola no responde (%s): «%s» espera a su ronda", type(error).__name__, tarea.name
        )
        return False
    return True
