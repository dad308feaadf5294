"""El identificador de la solicitud en curso, para el registro y para el libro."""

from __future__ import annotations

import logging
import re
import secrets
from contextvars import ContextVar

_solicitud: ContextVar[str] = ContextVar("solicitud_id", default="")
_SEGURO = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def solicitud_actual() -> str:
    """Devuelve el identificador de la solicitud en curso; vacío fuera de una."""
    return _solicitud.get()


def fijar_solicitud(propuesto: str | None) -> str:
    """Adopta el identificador propuesto si es seguro (hasta 64 letras, cifras y `._:-`) o crea otro."""
    identificador = propuesto if propuesto and _SEGURO.fullmatch(propuesto) else secrets.token_hex(8)
    _solicitud.set(identificador)
    return identificador


def olvidar_solicitud(**_: object) -> None:
    _solicitud.set("")


class ConSolicitud(logging.Filter):
    """Agrega `solicitud_id` a cada línea del registro."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.solicitud_id = _solicitud.get() or "-"
        return True
