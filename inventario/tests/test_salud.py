"""`/health` contesta siempre y no promete lo que no ve."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def tarea() -> Any:
    cada_minuto = IntervalSchedule.objects.create(every=60, period=IntervalSchedule.SECONDS)
    return PeriodicTask.objects.create(
        name="despachar-eventos", task="eventos.despachar", interval=cada_minuto
    )


def _salud(client: Client) -> dict[str, Any]:
    respuesta = client.get("/health")
    assert respuesta.status_code == 200
    cuerpo: dict[str, Any] = respuesta.json()
    return cuerpo


def test_salud_con_todo_en_marcha_es_sana(client: Client, tarea: Any) -> None:
    tarea.last_run_at = timezone.now() - timedelta(seconds=20)
    tarea.save()
    cuerpo = _salud(client)
    assert cuerpo["status"] == "healthy"
    assert cuerpo["services"] == {"api": "operational", "database": "operational", "scheduler": "running"}
    assert [(t["id"], t["name"]) for t in cuerpo["scheduled_jobs"]] == [
        ("eventos.despachar", "despachar-eventos")
    ]
    assert cuerpo["scheduled_jobs"][0]["next_run"] > timezone.now().isoformat(timespec="seconds")


@pytest.mark.parametrize(("hace", "estado"), [(None, "not_initialized"), (timedelta(minutes=6), "stopped")])
def test_salud_sin_planificador_no_es_sana(
    client: Client, tarea: Any, hace: timedelta | None, estado: str
) -> None:
    tarea.last_run_at = timezone.now() - hace if hace else None
    tarea.save()
    cuerpo = _salud(client)
    assert (cuerpo["status"], cuerpo["services"]["scheduler"]) == ("unhealthy", estado)


def test_salud_sin_base_lo_dice_y_no_revienta(client: Client) -> None:
    with patch("config.salud.connection.cursor", side_effect=OperationalError("caída")):
        cuerpo = _salud(client)
    assert cuerpo["status"] == "unhealthy"
    assert cuerpo["services"]["database"] == "down"
    assert cuerpo["scheduled_jobs"] == []
