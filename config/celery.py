"""La aplicación de Celery. Qué corre y cuándo está en la base (django-celery-beat), y se cambia allí."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, task_postrun, task_prerun, worker_init
from django.db import close_old_connections
from django.utils import timezone
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# La cola en archivos, con los mensajes enteros desde que se ven.
TRANSPORT_ALIASES["filesystem"] = "config.cola:Transporte"

app = Celery("inventario")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def tomarse_su_tiempo(**_: Any) -> None:
    from inventario.nucleo import esperas  # Django se carga después que este módulo

    esperas.para_tareas()


@task_prerun.connect
def preparar(task: Any = None, **_: Any) -> None:
    """Suelta las conexiones muertas y anota a qué hora empieza la tarea."""
    if task is None or task.request.is_eager:
        return
    # Tras un reinicio de PostgreSQL, sin esto falla cada tarea hasta reiniciar también el worker.
    close_old_connections()
    task.request.empezo_en = timezone.now()


@task_postrun.connect
def anotar(task: Any = None, state: str = "", retval: Any = None, **_: Any) -> None:
    """Guarda cómo le fue a lo que mandó beat: es lo que cuenta /health. Lo demás no se anota."""
    if task is None or state not in ("SUCCESS", "FAILURE"):
        return
    if task.request.is_eager or not getattr(task.request, "periodic_task_name", None):
        return
    from inventario.vigilancia.corridas import anotar_corrida  # Django se carga después que este módulo

    anotar_corrida(
        task.name,
        empezo_en=getattr(task.request, "empezo_en", None) or timezone.now(),
        termino_en=timezone.now(),
        error=f"{type(retval).__name__}: {retval}" if state == "FAILURE" else "",
    )
