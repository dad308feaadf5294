"""`/health/live`, `/ready` y `/deep`: para quien reinicia, quien reparte y quien investiga (R-12)."""

from __future__ import annotations

import ipaddress
import threading
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from inventario.nucleo import retiro
from inventario.vigilancia import partes
from inventario.vigilancia.revisiones import Resultado, revisar
from inventario.vigilancia.salud import solo_leer

SE_RECUERDA_S = 5.0
# Basta una para saber que alguien reenvió la solicitud: entonces quien conecta no es quien pregunta.
_DE_UN_INTERMEDIARIO = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")

_turno = threading.Lock()
_ultima: tuple[float, dict[str, Resultado]] | None = None


@csrf_exempt
@never_cache
@solo_leer
def viva(request: HttpRequest) -> JsonResponse:
    """El proceso atiende. No mira a nadie más: reiniciarlo no arreglaría la base."""
    return JsonResponse({"status": "alive"})


@csrf_exempt
@never_cache
@solo_leer
def lista(request: HttpRequest) -> JsonResponse:
    """Puede recibir solicitudes: no se está retirando, la base contesta y sus migraciones están puestas."""
    if retiro.empezado():
        return JsonResponse({"status": "draining"}, status=503)
    resultado = revisar([partes.MIGRACIONES])[partes.MIGRACIONES.nombre]
    cuerpo = {"status": "ready" if resultado.bien else "not_ready", "database": resultado.estado}
    return JsonResponse(cuerpo, status=200 if resultado.bien else 503)


@csrf_exempt
@never_cache
@solo_leer
def honda(request: HttpRequest) -> JsonResponse:
    """Cómo está cada parte y cuánto tardó; 503 si alguna no sirve.

    Solo para quien trae `SALUD_TOKEN` o llega de la red interna: dice qué falla, y eso orienta a quien ataca.
    """
    if not _puede_mirar(request):
        detalle = "Send the health token: Authorization: Bearer <SALUD_TOKEN>."
        return JsonResponse({"detail": detalle}, status=401, headers={"WWW-Authenticate": "Bearer"})
    resultados = _recordados()
    bien = all(uno.bien for uno in resultados.values())
    cuerpo = {
        "status": "healthy" if bien else "unhealthy",
        "checks": {nombre: _visto(uno) for nombre, uno in resultados.items()},
    }
    return JsonResponse(cuerpo, status=200 if bien else 503)


def olvidar() -> None:
    """La próxima se revisa de nuevo."""
    global _ultima
    _ultima = None


def _recordados() -> dict[str, Resultado]:
    """Lo de hace hasta cinco segundos: quien pregunta sin parar no pone a trabajar a todo el sistema."""
    global _ultima
    with _turno:
        if _ultima is None or monotonic() - _ultima[0] > SE_RECUERDA_S:
            hallado = revisar(partes.todas())
            _ultima = (monotonic(), hallado)
        return _ultima[1]


def _visto(uno: Resultado) -> dict[str, Any]:
    return {"status": uno.estado, "latency_ms": uno.ms, **({"detail": uno.porque} if uno.porque else {})}


def _puede_mirar(request: HttpRequest) -> bool:
    if settings.SALUD_TOKEN:
        traido = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if constant_time_compare(traido.encode(), settings.SALUD_TOKEN.encode()):
            return True
    return _llega_de_adentro(request)


def _llega_de_adentro(request: HttpRequest) -> bool:
    """La conexión viene de una red interna y nadie la reenvió.

    No se lee ninguna cabecera que diga de dónde viene: ponerlas solo puede quitar el permiso, nunca darlo.
    """
    if any(cabecera in request.headers for cabecera in _DE_UN_INTERMEDIARIO):
        return False
    try:
        quien = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    return any(quien in red for red in settings.SALUD_REDES)
