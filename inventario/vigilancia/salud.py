"""`/health` y `/ping`, para quien vigila: sin credenciales, y solo dicen lo que la base muestra."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django_celery_beat.models import PeriodicTask

from inventario.eventos.models import Corrida
from inventario.eventos.tasks import latir

# Por si alguien quita el horario del latido: sin él nadie late, y hay que poder decirlo.
LATIDO_S = 30


def solo_leer(vista: Callable[[HttpRequest], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
    """Niega los demás métodos con el cuerpo del contrato, que nunca va vacío."""

    @wraps(vista)
    def leer(request: HttpRequest) -> JsonResponse:
        if request.method in ("GET", "HEAD"):
            return vista(request)
        return JsonResponse({"detail": "Method Not Allowed"}, status=405, headers={"Allow": "GET, HEAD"})

    return leer


@csrf_exempt  # a quien manda otro método se le dice 405, no que le falta una cookie
@never_cache
@solo_leer
def ping(request: HttpRequest) -> JsonResponse:
    """Contesta que el proceso web vive; no consulta nada."""
    return JsonResponse({"message": "pong"})


@csrf_exempt
@never_cache
@solo_leer
def salud(request: HttpRequest) -> JsonResponse:
    """Cuenta cómo están la base y lo que corre solo; 503 con el mismo cuerpo si la base no responde.

    Todo sale de la base, así que cualquier proceso web contesta lo mismo.
    """
    ahora = timezone.now()
    try:
        trabajos, corridas = _leer()
        base = True
    except DatabaseError:
        trabajos, corridas, base = [], {}, False
    planificador = _planificador(trabajos, corridas, ahora) if base else "stopped"
    return JsonResponse(
        {
            "status": "healthy" if base and planificador == "running" else "unhealthy",
            "environment": settings.ENTORNO,
            "version": "v1",
            "services": {
                "api": "operational",
                "database": "operational" if base else "down",
                "scheduler": planificador,
            },
            "scheduled_jobs": [_trabajo(trabajo, corridas.get(trabajo.task), ahora) for trabajo in trabajos],
        },
        status=200 if base else 503,
    )


def _leer() -> tuple[list[Any], dict[str, Corrida]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    # Lo de la propia Celery no es un trabajo de la aplicación.
    activos = PeriodicTask.objects.filter(enabled=True).exclude(task__startswith="celery.")
    trabajos = activos.select_related("interval", "crontab", "solar", "clocked").order_by("name")
    return list(trabajos), Corrida.objects.in_bulk()


def _planificador(trabajos: list[Any], corridas: dict[str, Corrida], ahora: datetime) -> str:
    latido = corridas.get(latir.name)
    if latido is None:
        return "not_initialized"
    cada = next(
        (t.interval.schedule.run_every for t in trabajos if t.task == latir.name and t.interval),
        timedelta(seconds=LATIDO_S),
    )
    return "running" if ahora - latido.termino_en <= 2 * cada else "stopped"


def _trabajo(trabajo: Any, corrida: Corrida | None, ahora: datetime) -> dict[str, str | None]:
    resultado = None
    if corrida is not None:
        # El porqué está en el admin: aquí lee cualquiera.
        resultado = "ok" if corrida.bien else "error"
    return {
        "id": trabajo.task,
        "name": trabajo.name,
        "next_run": _texto(_proxima(trabajo, ahora)),
        "last_run": _texto(corrida.empezo_en if corrida is not None else None),
        "last_result": resultado,
    }


def _proxima(trabajo: Any, ahora: datetime) -> datetime | None:
    """Devuelve cuándo le toca según su horario; si ya se pasó (beat no está), la vez que sigue, si la hay."""
    horario = trabajo.schedule
    # Un crontab cuenta las horas en su zona, y supone que la fecha que le dan está en ella.
    zona = getattr(horario, "tz", None) or UTC
    for desde in (trabajo.last_run_at or trabajo.date_changed, ahora):
        # Al segundo más cercano: la cuenta se hace contra un reloj que avanza mientras tanto.
        proxima: datetime = timezone.now() + horario.remaining_estimate(desde.astimezone(zona))
        proxima = (proxima + timedelta(milliseconds=500)).replace(microsecond=0)
        if proxima > ahora:
            return max(proxima, trabajo.start_time or proxima)
    return None


def _texto(instante: datetime | None) -> str | None:
    if instante is None:
        return None
    return instante.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
