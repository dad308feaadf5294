"""La aplicación de Celery y todo lo periódico, para verlo de un vistazo."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("inventario")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "despachar-eventos": {
        "task": "inventario.eventos.tasks.despachar",
        "schedule": 60.0,
        # Un aviso que no se atendió en su minuto sobra: el siguiente barre lo mismo.
        "options": {"expires": 55},
    },
    "purgar-eventos": {
        "task": "inventario.eventos.tasks.purgar",
        "schedule": crontab(hour="3", minute="20"),
    },
    "purgar-idempotencia": {
        "task": "inventario.idempotencia.tasks.purgar",
        "schedule": crontab(hour="3", minute="10"),
    },
}


@task_prerun.connect
def soltar_conexiones_muertas(task: Any = None, **_: Any) -> None:
    """Tras un reinicio de PostgreSQL, sin esto falla cada tarea hasta reiniciar también el worker."""
    if task is not None and not task.request.is_eager:
        close_old_connections()
