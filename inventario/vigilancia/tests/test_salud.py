"""`/health` y `/ping` contestan siempre, y no prometen lo que no ven."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from inventario.cuentas.models import Usuario
from inventario.eventos.models import Corrida
from inventario.tests.horarios import poner_horarios
from inventario.vigilancia.corridas import anotar_corrida

AHORA = datetime(2027, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _horarios(db: None) -> None:
    poner_horarios()


def _salud(client: Client, direccion: str = "/health") -> dict[str, Any]:
    respuesta = client.get(direccion)
    assert respuesta.status_code == 200
    assert respuesta["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    cuerpo: dict[str, Any] = respuesta.json()
    return cuerpo


def _latir(hace: timedelta) -> None:
    fue = timezone.now() - hace
    anotar_corrida("latido", empezo_en=fue, termino_en=fue)


def _trabajo(cuerpo: dict[str, Any], cual: str) -> dict[str, Any]:
    (trabajo,) = [uno for uno in cuerpo["scheduled_jobs"] if uno["id"] == cual]
    return dict(trabajo)


@pytest.mark.parametrize("direccion", ["/ping", "/ping/"])
def test_ping_contesta_sin_tocar_la_base(
    client: Client, django_assert_num_queries: Any, direccion: str
) -> None:
    with django_assert_num_queries(0):
        respuesta = client.get(direccion)
    assert (respuesta.status_code, respuesta.json()) == (200, {"message": "pong"})


@pytest.mark.parametrize("direccion", ["/ping", "/health"])
def test_con_otro_metodo_se_dice_cual_se_admite(direccion: str) -> None:
    respuesta = Client(enforce_csrf_checks=True).post(direccion, {})
    assert (respuesta.status_code, respuesta["Allow"]) == (405, "GET, HEAD")
    assert Client().head(direccion).status_code == 200


@pytest.mark.parametrize("direccion", ["/health", "/health/"])
def test_salud_con_todo_en_marcha_es_sana(
    client: Client, django_assert_num_queries: Any, direccion: str
) -> None:
    _latir(timedelta(seconds=20))
    with django_assert_num_queries(3):
        cuerpo = _salud(client, direccion)
    assert set(cuerpo) == {"status", "environment", "version", "services", "scheduled_jobs"}
    assert (cuerpo["status"], cuerpo["environment"], cuerpo["version"]) == ("healthy", settings.ENTORNO, "v1")
    assert cuerpo["services"] == {"api": "operational", "database": "operational", "scheduler": "running"}
    assert {trabajo["id"] for trabajo in cuerpo["scheduled_jobs"]} == {
        "expire_reservations",
        "despachar_eventos",
        "purgar_eventos",
        "purgar_idempotencia",
        "purgar_sesiones",
        "verificar_libros",
        "revisar_alertas",
        "resumir_alertas",
        "retomar_exportaciones",
        "purgar_exportaciones",
        "atender_recuperaciones",
        "enviar_invitaciones",
        "retomar_importaciones",
        "purgar_importaciones",
        "latido",
    }
    assert all(
        set(uno) == {"id", "name", "next_run", "last_run", "last_result"} for uno in cuerpo["scheduled_jobs"]
    )


def test_salud_no_pide_credenciales_ni_mira_la_sesion(
    client: Client, usuario: Usuario, django_assert_num_queries: Any
) -> None:
    client.force_login(usuario)
    with django_assert_num_queries(3):
        _salud(client)


def test_salud_sin_latido_dice_que_nadie_empezo(client: Client) -> None:
    cuerpo = _salud(client)
    assert (cuerpo["status"], cuerpo["services"]["scheduler"]) == ("unhealthy", "not_initialized")


@pytest.mark.parametrize(("hace_s", "estado"), [(58, "running"), (62, "stopped")])
def test_salud_con_el_latido_de_mas_de_dos_intervalos_esta_parada(
    client: Client, hace_s: int, estado: str
) -> None:
    _latir(timedelta(seconds=hace_s))
    assert _salud(client)["services"]["scheduler"] == estado


@pytest.mark.parametrize(("hace_s", "estado"), [(9, "running"), (11, "stopped")])
def test_salud_usa_el_intervalo_que_se_puso_en_el_admin(client: Client, hace_s: int, estado: str) -> None:
    cada_cinco = IntervalSchedule.objects.create(every=5, period="seconds")
    PeriodicTask.objects.filter(task="latido").update(interval=cada_cinco)
    _latir(timedelta(seconds=hace_s))
    assert _salud(client)["services"]["scheduler"] == estado


def test_salud_cuenta_la_ultima_corrida_y_su_resultado_sin_el_porque(client: Client) -> None:
    empezo = datetime(2027, 3, 14, 6, 5, 9, 120000, tzinfo=UTC)
    anotar_corrida("expire_reservations", empezo_en=empezo, termino_en=empezo + timedelta(seconds=2))
    anotar_corrida("verificar_libros", empezo_en=empezo, termino_en=empezo, error="RondaIncompleta: norte")
    respuesta = client.get("/health")
    assert b"norte" not in respuesta.content
    cuerpo = respuesta.json()
    reservas, libros = _trabajo(cuerpo, "expire_reservations"), _trabajo(cuerpo, "verificar_libros")
    assert (reservas["last_run"], reservas["last_result"]) == ("2027-03-14T06:05:09Z", "ok")
    assert (libros["last_run"], libros["last_result"]) == ("2027-03-14T06:05:09Z", "error")
    nunca = _trabajo(cuerpo, "purgar_eventos")
    assert (nunca["last_run"], nunca["last_result"]) == (None, None)


@pytest.mark.parametrize(
    ("ultima", "proxima"),
    [
        (AHORA - timedelta(minutes=10), "2027-03-14T12:05:00Z"),
        # Beat no está: el turno pasó y se cuenta el que sigue desde ahora.
        (AHORA - timedelta(days=3), "2027-03-14T12:15:00Z"),
    ],
)
def test_la_proxima_de_las_reservas_sale_de_su_fila(
    client: Client, time_machine: Any, ultima: datetime, proxima: str
) -> None:
    time_machine.move_to(AHORA, tick=False)
    PeriodicTask.objects.filter(task="expire_reservations").update(last_run_at=ultima)
    assert _trabajo(_salud(client), "expire_reservations")["next_run"] == proxima
    cada_hora = IntervalSchedule.objects.create(every=1, period="hours")
    PeriodicTask.objects.filter(task="expire_reservations").update(interval=cada_hora, last_run_at=AHORA)
    assert _trabajo(_salud(client), "expire_reservations")["next_run"] == "2027-03-14T13:00:00Z"


@pytest.mark.parametrize(
    ("zona", "proxima"),
    [("America/Guayaquil", "2027-03-15T09:30:00Z"), ("Europe/Madrid", "2027-03-15T03:30:00Z")],
)
def test_la_proxima_de_la_noche_es_en_la_zona_de_su_fila(
    client: Client, time_machine: Any, zona: str, proxima: str
) -> None:
    time_machine.move_to(AHORA, tick=False)
    noche = CrontabSchedule.objects.create(hour="4", minute="30", timezone=zona, day_of_week="0-6")
    PeriodicTask.objects.filter(task="verificar_libros").update(crontab=noche, last_run_at=AHORA)
    assert _trabajo(_salud(client), "verificar_libros")["next_run"] == proxima


def test_la_proxima_no_baila_por_los_microsegundos(client: Client) -> None:
    libros = _trabajo(_salud(client), "verificar_libros")
    assert libros["next_run"].endswith(":30:00Z")


def test_lo_que_se_apaga_en_el_admin_no_se_promete(client: Client) -> None:
    PeriodicTask.objects.filter(task="purgar_eventos").update(enabled=False)
    ids = {uno["id"] for uno in _salud(client)["scheduled_jobs"]}
    assert "purgar_eventos" not in ids
    assert "expire_reservations" in ids


def test_dos_procesos_web_dicen_lo_mismo_que_la_base() -> None:
    """El estado no está en la memoria de nadie: con las filas borradas, hasta quien las vio lo dice."""
    uno, otro = Client(), Client()
    _latir(timedelta(0))
    assert [_salud(cual)["services"]["scheduler"] for cual in (uno, otro)] == ["running", "running"]
    Corrida.objects.all().delete()
    assert [_salud(cual)["services"]["scheduler"] for cual in (uno, otro)] == ["not_initialized"] * 2


PREGUNTAR = """
import django, json, os
django.setup()
from django.test import Client
respuesta = Client().get("/health", headers={"host": "localhost"})
print(json.dumps([respuesta.status_code, respuesta.json()]))
"""


@pytest.mark.parametrize(
    "direccion",
    ["postgres://nadie:nada@127.0.0.1:1/nada", "sqlite:////carpeta/que/no/existe/base.sqlite3"],
    ids=["postgresql", "sqlite"],
)
def test_salud_sin_base_es_503_con_el_mismo_cuerpo(direccion: str) -> None:
    salida = subprocess.run(
        [sys.executable, "-c", PREGUNTAR],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": direccion,
            "DJANGO_ALLOWED_HOSTS": "localhost",
            "DJANGO_HTTPS": "0",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    estado, cuerpo = json.loads(salida.stdout)
    assert estado == 503
    assert cuerpo == {
        "status": "unhealthy",
        "environment": settings.ENTORNO,
        "version": "v1",
        "services": {"api": "operational", "database": "down", "scheduler": "stopped"},
        "scheduled_jobs": [],
    }


def test_salud_con_la_base_sin_preparar_tambien_es_503(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE eventos_corrida")
    assert client.get("/health").status_code == 503


@pytest.mark.parametrize("ruta", ["/health", "/ping"])
def test_con_otro_metodo_la_negativa_se_lee(ruta: str) -> None:
    respuesta = Client(enforce_csrf_checks=True).post(ruta)
    assert (respuesta.status_code, respuesta["Allow"]) == (405, "GET, HEAD")
    assert respuesta.json() == {"detail": "Method Not Allowed"}
