"""`/health`: qué responde y qué no, para quien vigila. Siempre 200; el cuerpo dice la verdad."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask

# Lo más frecuente corre cada minuto: con este silencio, beat o el worker no están.
SILENCIO_DE_BEAT = timedelta(minutes=5)


@never_cache
@require_safe
def salud(request: HttpRequest) -> JsonResponse:
    base = _base_responde()
    trabajos = _trabajos() if base else []
    planificador = _planificador(trabajos)
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
            "scheduled_jobs": [
                {"id": trabajo.task, "name": trabajo.name, "next_run": _proxima(trabajo)}
                for trabajo in trabajos
            ],
        }
    )


def _base_responde() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _trabajos() -> list[Any]:
    activos = PeriodicTask.objects.filter(enabled=True).exclude(task__startswith="celery.")
    return list(activos.select_related("interval", "crontab", "solar", "clocked").order_by("name"))


def _planificador(trabajos: list[Any]) -> str:
    corridas = [trabajo.last_run_at for trabajo in trabajos if trabajo.last_run_at]
    if not corridas:
        return "not_initialized"
    return "running" if timezone.now() - max(corridas) < SILENCIO_DE_BEAT else "stopped"


def _proxima(trabajo: Any) -> str | None:
    if not trabajo.last_run_at:
        return None
    ahora = timezone.now()
    falta: timedelta = trabajo.schedule.remaining_estimate(trabajo.last_run_at)
    return (ahora + max(falta, timedelta(0))).isoformat(timespec="seconds")
