"""Los horarios los pone la migración una vez; después manda lo que diga el admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from config.celery import app
from config.planificador import Planificador
from inventario.cuentas.models import Empresa, Usuario
from inventario.tests.horarios import poner_horarios, quitar_horarios

# Beat suelta sus conexiones a cada vuelta: con una transacción abierta alrededor no podría.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _horarios(transactional_db: None) -> None:
    poner_horarios()


def _filas() -> list[dict[str, Any]]:
    return list(PeriodicTask.objects.order_by("name").values())


def test_cada_horario_nombra_una_tarea_que_existe_y_cada_periodica_tiene_horario() -> None:
    app.loader.import_default_modules()
    cuando = {
        fila.task: str(fila.schedule.run_every)
        if fila.interval
        else f"{fila.crontab.hour}:{fila.crontab.minute}"
        for fila in PeriodicTask.objects.select_related("interval", "crontab")
    }
    assert set(cuando) <= set(app.tasks)
    assert cuando == {
        "latido": "0:00:30",
        "despachar_eventos": "0:01:00",
        "enviar_invitaciones": "0:01:00",
        "expire_reservations": "0:15:00",
        "purgar_idempotencia": "4:10",
        "purgar_eventos": "4:20",
        "purgar_sesiones": "4:25",
        "verificar_libros": "4:30",
        "revisar_alertas": "*:5,20,35,50",
        "resumir_alertas": "*:15",
        "retomar_exportaciones": "0:05:00",
        "purgar_exportaciones": "4:40",
        "atender_recuperaciones": "0:01:00",
        "retomar_importaciones": "0:05:00",
        "purgar_importaciones": "4:45",
    }
    assert {str(zona) for zona in CrontabSchedule.objects.values_list("timezone", flat=True)} == {
        settings.TIME_ZONE
    }
    sin_horario = {nombre for nombre in app.tasks if nombre.startswith(("purgar", "verificar"))} - set(cuando)
    assert sin_horario == set()


def test_en_toda_zona_del_mundo_hay_una_ronda_a_los_cinco_minutos_de_su_medianoche() -> None:
    fila = PeriodicTask.objects.get(task="revisar_alertas")
    desfases = {
        datetime(2026, mes, 1, tzinfo=ZoneInfo(zona)).utcoffset()
        for zona in available_timezones()
        for mes in (1, 7)
    }
    medianoches = {int(-(desfase or timedelta()).total_seconds() // 60) % 60 for desfase in desfases}
    assert {0, 15, 30} <= medianoches
    assert {(minuto + 5) % 60 for minuto in medianoches} <= fila.schedule.minute
    # La que no se atendió en su cuarto de hora sobra: la siguiente hace lo mismo.
    assert fila.expire_seconds < 15 * 60


def test_la_ronda_de_alertas_a_la_que_alguien_cambio_el_horario_se_queda_como_esta() -> None:
    cuarto = import_module("inventario.alertas.migrations.0007_cada_cuarto_de_hora")
    ronda = PeriodicTask.objects.filter(task="revisar_alertas")
    PeriodicTasks.objects.update(last_update=datetime(2020, 1, 1, tzinfo=UTC))
    cuarto.quitar(apps, None)
    assert ronda.values_list("crontab__minute", "expire_seconds").get() == ("5", 3000)
    ultimo = PeriodicTasks.last_change()
    assert ultimo is not None
    assert ultimo.year > 2020
    cada_diez = CrontabSchedule.objects.create(minute="*/10", hour="*", timezone=settings.TIME_ZONE)
    ronda.update(crontab=cada_diez, enabled=False)
    antes = _filas()
    cuarto.instalar(apps, None)
    cuarto.quitar(apps, None)
    assert _filas() == antes


def test_poner_dos_veces_no_repite_ni_pisa_lo_que_alguien_cambio() -> None:
    cada_hora = IntervalSchedule.objects.create(every=1, period="hours")
    PeriodicTask.objects.filter(name="vencer-reservas").update(interval=cada_hora, enabled=False)
    antes = _filas()
    intervalos, crontabs = IntervalSchedule.objects.count(), CrontabSchedule.objects.count()
    poner_horarios()
    assert _filas() == antes
    assert (IntervalSchedule.objects.count(), CrontabSchedule.objects.count()) == (intervalos, crontabs)


def test_lo_que_beat_habia_escrito_antes_pasa_a_la_tarea_de_ahora() -> None:
    PeriodicTask.objects.filter(name="despachar-eventos").update(
        task="inventario.eventos.tasks.despachar", description="", enabled=False
    )
    poner_horarios()
    fila = PeriodicTask.objects.get(name="despachar-eventos")
    assert (fila.task, fila.enabled) == ("despachar_eventos", False)
    assert fila.description.startswith("Entrega")


def test_quitar_deja_lo_ajeno_y_avisa_a_beat() -> None:
    propia = PeriodicTask.objects.create(
        name="mía", task="latido", interval=IntervalSchedule.objects.create(every=7, period="days")
    )
    PeriodicTasks.objects.update(last_update=datetime(2020, 1, 1, tzinfo=UTC))
    quitar_horarios()
    assert list(PeriodicTask.objects.all()) == [propia]
    ultimo = PeriodicTasks.last_change()
    assert ultimo is not None
    assert ultimo.year > 2020


def test_beat_al_arrancar_toma_las_filas_y_no_escribe_ninguna() -> None:
    assert app.conf.beat_scheduler == "config.planificador:Planificador"
    cada_hora = IntervalSchedule.objects.create(every=1, period="hours")
    PeriodicTask.objects.filter(name="vencer-reservas").update(interval=cada_hora)
    PeriodicTask.objects.filter(name="despachar-eventos").update(enabled=False)
    PeriodicTask.objects.filter(name="purgar-eventos").delete()
    antes = _filas()
    beat = Planificador(app=app)
    assert _filas() == antes
    assert set(beat.schedule) == {
        "latido",
        "enviar-invitaciones",
        "vencer-reservas",
        "purgar-idempotencia",
        "purgar-sesiones",
        "verificar-libros",
        "revisar-alertas",
        "resumir-alertas",
        "retomar-exportaciones",
        "retomar-importaciones",
        "purgar-importaciones",
        "purgar-exportaciones",
        "atender-recuperaciones",
    }
    assert beat.schedule["vencer-reservas"].schedule.run_every == timedelta(hours=1)


@pytest.mark.parametrize(
    ("ultima", "toca"),
    # Las 15:00 en Guayaquil: la noche pasó con la máquina apagada, o ya se hizo.
    [(datetime(2027, 3, 12, 9, 30, tzinfo=UTC), True), (datetime(2027, 3, 14, 9, 30, tzinfo=UTC), False)],
)
def test_lo_de_la_noche_corre_de_dia_si_la_maquina_estuvo_apagada(
    time_machine: Any, ultima: datetime, toca: bool
) -> None:
    time_machine.move_to(datetime(2027, 3, 14, 20, 0, tzinfo=UTC), tick=False)
    PeriodicTask.objects.filter(task="verificar_libros").update(last_run_at=ultima)
    beat = Planificador(app=app)
    assert beat.schedule["verificar-libros"].is_due().is_due is toca


def test_el_horario_se_cambia_en_el_admin_y_beat_lo_nota(empresa: Empresa) -> None:
    raiz = Client()
    raiz.force_login(Usuario.objects.create_superuser("raiz@inventario.ec", "x"))
    beat = Planificador(app=app)
    assert beat.schedule["vencer-reservas"].schedule.run_every == timedelta(minutes=15)
    assert not beat.schedule_changed()
    cada_cinco = IntervalSchedule.objects.create(every=5, period="minutes")
    fila = PeriodicTask.objects.get(name="vencer-reservas")
    direccion = f"/admin/django_celery_beat/periodictask/{fila.pk}/change/"
    assert raiz.get(direccion).status_code == 200
    datos = {
        "name": fila.name,
        "regtask": fila.task,
        "task": fila.task,
        "enabled": "on",
        "interval": str(cada_cinco.pk),
        "args": "[]",
        "kwargs": "{}",
        "headers": "{}",
        "expire_seconds": "250",
    }
    respuesta = raiz.post(direccion, datos)
    assert respuesta.status_code == 302, respuesta.content.decode()
    assert beat.schedule["vencer-reservas"].schedule.run_every == timedelta(minutes=5)
    poner_horarios()
    assert PeriodicTask.objects.get(name="vencer-reservas").interval == cada_cinco
