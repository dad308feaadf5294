"""De quién viene una solicitud cuando hay intermediarios delante."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def ip_del_cliente(request: HttpRequest) -> str:
    """Devuelve la dirección que vio el primer intermediario nuestro.

    Lo que está más a la izquierda en X-Forwarded-For lo escribe el cliente: se cuenta desde la derecha.
    """
    directa = str(request.META.get("REMOTE_ADDR", ""))
    cuantos: int = settings.PROXIES_DE_CONFIANZA
    pasos = [paso.strip() for paso in request.headers.get("X-Forwarded-For", "").split(",") if paso.strip()]
    return pasos[-cuantos] if 0 < cuantos <= len(pasos) else directa
