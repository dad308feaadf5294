"""La página de quien insistió demasiado, en cualquier formulario: cuánto falta y qué hacer."""

from __future__ import annotations

import json
import math
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from inventario.cuentas.acceso import intentos
from inventario.panel.marco.pagina import es_htmx


def espere(request: HttpRequest, espera_s: float, *, estado: int = 429, aviso: str = "") -> HttpResponse:
    """Responde `estado` con `Retry-After`; a htmx, además, el aviso: lo que escribió sigue ahí."""
    segundos = max(1, math.ceil(espera_s))
    minutos = math.ceil(segundos / 60) if segundos >= 120 else 0
    horas = math.ceil(segundos / 3_600) if segundos >= 7_200 else 0
    contexto = {"segundos": segundos, "minutos": minutos, "horas": horas, "volver": request.path}
    respuesta = render(request, "cuentas/espere.html", contexto, status=estado)
    respuesta["Retry-After"] = str(segundos)
    if aviso and es_htmx(request):
        respuesta["HX-Trigger"] = json.dumps({"avisar": {"texto": aviso, "clase": "danger"}})
    return respuesta


def paso_cerrado(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """La que muestra axes (`AXES_LOCKOUT_CALLABLE`) cuando cierra el paso."""
    return espere(request, intentos.duracion().total_seconds())
