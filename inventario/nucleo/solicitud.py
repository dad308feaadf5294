"""La solicitud en curso: su identificador, para el registro, el libro y quien la hizo, y de dónde viene."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter

from django.core.signals import request_finished
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from inventario.nucleo.direccion import direccion_del_cliente

CABECERA = "X-Request-ID"
DURACION = "X-Process-Time"

_solicitud: ContextVar[str] = ContextVar("solicitud_id", default="")
_direccion: ContextVar[str] = ContextVar("direccion", default="")
_SEGURO = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def solicitud_actual() -> str:
    """Devuelve el identificador de la solicitud en curso; vacío fuera de una."""
    return _solicitud.get()


def direccion_actual() -> str:
    """Devuelve la dirección del cliente de la solicitud en curso; vacía fuera de una."""
    return _direccion.get()


def fijar_solicitud(propuesto: str | None) -> str:
    """Adopta el identificador propuesto si es seguro (hasta 64 letras, cifras y `._:-`) o crea otro."""
    identificador = propuesto if propuesto and _SEGURO.fullmatch(propuesto) else secrets.token_hex(8)
    _solicitud.set(identificador)
    return identificador


def olvidar_solicitud(**_: object) -> None:
    _solicitud.set("")
    _direccion.set("")


class ConSolicitud(logging.Filter):
    """Agrega `solicitud_id` a cada línea del registro."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.solicitud_id = _solicitud.get() or "-"
        return True


class IdentificadorDeSolicitud:
    """Da a cada solicitud un identificador y lo devuelve: con él se halla en el registro qué pasó.

    También dice cuánto tardó, en segundos (contrato biofloc §1.9).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        inicio = perf_counter()
        identificador = fijar_solicitud(request.headers.get(CABECERA))
        # Un solo lector para todos: quien cuenta intentos y quien los audita hablan de la misma dirección.
        _direccion.set(direccion_del_cliente(request) or "")
        respuesta = self.get_response(request)
        respuesta[CABECERA] = identificador
        respuesta[DURACION] = f"{perf_counter() - inicio:.4f}"
        return respuesta


# No al salir del middleware: Django anota la respuesta después, y esa línea también es de la solicitud.
request_finished.connect(olvidar_solicitud, dispatch_uid="olvidar_solicitud")
