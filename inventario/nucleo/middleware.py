"""Middleware que no conoce a nadie."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from django.core.signals import request_finished
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from inventario.nucleo.solicitud import fijar_solicitud, olvidar_solicitud

CABECERA = "X-Request-ID"
DURACION = "X-Process-Time"


class IdentificadorDeSolicitud:
    """Da a cada solicitud un identificador y lo devuelve: con él se halla en el registro qué pasó.

    También dice cuánto tardó, en segundos (contrato biofloc §1.9).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        inicio = perf_counter()
        identificador = fijar_solicitud(request.headers.get(CABECERA))
        respuesta = self.get_response(request)
        respuesta[CABECERA] = identificador
        respuesta[DURACION] = f"{perf_counter() - inicio:.4f}"
        return respuesta


# No al salir del middleware: Django anota la respuesta después, y esa línea también es de la solicitud.
request_finished.connect(olvidar_solicitud, dispatch_uid="olvidar_solicitud")
