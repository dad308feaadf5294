"""Lo que se responde es de quien lo pidió: nadie en el camino lo guarda."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

SOLO_PARA_QUIEN_PIDE = "private, no-store"


class SinGuardar:
    """Prohíbe guardar toda respuesta de la API y todo lo que se ve con sesión.

    En un equipo compartido, «atrás» después de salir no debe mostrar lo que se veía adentro; y un
    intermediario que no sepa de claves de API no debe dar a una lo que era de otra. La vista que diga otra
    cosa gana.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        respuesta = self.get_response(request)
        if request.path.startswith("/api/") or _con_sesion(request):
            respuesta.headers.setdefault("Cache-Control", SOLO_PARA_QUIEN_PIDE)
        return respuesta


def _con_sesion(request: HttpRequest) -> bool:
    """Quien no miró la sesión para responder no mostró nada de nadie; mirarla aquí sería consultar de más."""
    sesion = getattr(request, "session", None)
    return sesion is not None and sesion.accessed and request.user.is_authenticated
