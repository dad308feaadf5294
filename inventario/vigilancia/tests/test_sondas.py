"""Las tres sondas: cada una mira lo suyo, ninguna espera a quien calla, y la honda no es para cualquiera."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.conf import settings as ajustes
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from inventario.eventos.models import Corrida
from inventario.nucleo import retiro
from inventario.vigilancia import partes, sondas
from inventario.vigilancia.corridas import anotar_corrida
from inventario.vigilancia.revisiones import NoSirve, Revision, revisar

pytestmark = pytest.mark.django_db(transaction=True)
SONDAS = ["/health/live", "/health/ready", "/health/deep"]


@pytest.fixture(autouse=True)
def al_dia(settings: Any) -> Iterator[None]:
    settings.SALUD_TOKEN = "un-secreto-de-salud"
    sondas.olvidar()
    yield
    sondas.olvidar()
    retiro.olvidar()


def _latir(hace: timedelta = timedelta(0)) -> None:
    fue = timezone.now() - hace
    anotar_corrida("latido", empezo_en=fue, termino_en=fue)


def _honda(client: Client) -> tuple[int, dict[str, Any]]:
    respuesta = client.get("/health/deep")
    return respuesta.status_code, respuesta.json()


@pytest.mark.parametrize("direccion", SONDAS)
def test_solo_se_leen_y_nadie_las_guarda(client: Client, direccion: str) -> None:
    _latir()
    respuesta = client.get(direccion)
    assert "no-store" in respuesta["Cache-Control"]
    assert client.get(f"{direccion}/").status_code == respuesta.status_code
    negada = Client(enforce_csrf_checks=True).post(direccion, {})
    assert (negada.status_code, negada["Allow"]) == (405, "GET, HEAD")


def test_viva_no_toca_la_base(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        respuesta = client.get("/health/live")
    assert (respuesta.status_code, respuesta.json()) == (200, {"status": "alive"})


def test_lista_con_la_base_y_sus_migraciones(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partes.MIGRACIONES, "hacer", partes.Migraciones())
    assert client.get("/health/ready").json() == {"status": "ready", "database": "ok"}
    # Sabida una vez, no se vuelve a comparar con el disco.
    assert client.get("/health/ready").status_code == 200


def test_sin_una_migracion_no_esta_lista(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partes.MIGRACIONES, "hacer", partes.Migraciones())
    ultima = MigrationRecorder.Migration.objects.filter(app="auditoria").latest("name")
    ultima.delete()
    try:
        respuesta = client.get("/health/ready")
    finally:
        MigrationRecorder(connection).record_applied("auditoria", ultima.name)
    assert (respuesta.status_code, respuesta.json()) == (503, {"status": "not_ready", "database": "fail"})
    assert client.get("/health/ready").status_code == 200


def test_al_retirarse_no_esta_lista_pero_sigue_viva(client: Client) -> None:
    retiro.empezar()
    respuesta = client.get("/health/ready")
    assert (respuesta.status_code, respuesta.json()) == (503, {"status": "draining"})
    assert client.get("/health/live").status_code == client.get("/ping").status_code == 200


def test_honda_dice_como_esta_cada_parte_y_cuanto_tardo(client: Client) -> None:
    _latir()
    estado, cuerpo = _honda(client)
    assert (estado, cuerpo["status"]) == (200, "healthy")
    assert set(cuerpo["checks"]) == {"database", "cache", "beat", "disk", "backup"}
    for parte in cuerpo["checks"].values():
        assert parte["status"] == "ok"
        assert 0 <= parte["latency_ms"] <= 2000
    assert not Corrida.objects.exclude(trabajo="latido").exists()


@pytest.mark.parametrize(
    ("cabeceras", "desde", "pasa"),
    [
        ({}, "127.0.0.1", True),
        ({}, "::1", True),
        ({}, "10.0.0.9", False),
        ({}, "", False),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", False),
        ({"X-Forwarded-For": "127.0.0.1"}, "203.0.113.9", False),
        ({"X-Real-IP": "127.0.0.1"}, "127.0.0.1", False),
        ({"Forwarded": "for=127.0.0.1"}, "127.0.0.1", False),
        ({"Authorization": "Bearer un-secreto-de-salud"}, "203.0.113.9", True),
        ({"Authorization": "Bearer otro"}, "203.0.113.9", False),
        ({"Authorization": "Bearer ñandú"}, "203.0.113.9", False),
        ({"Authorization": "Bearer "}, "203.0.113.9", False),
    ],
)
def test_honda_es_para_quien_trae_el_secreto_o_se_conecta_de_adentro(
    client: Client, cabeceras: dict[str, str], desde: str, pasa: bool
) -> None:
    _latir()
    respuesta = client.get("/health/deep", headers=cabeceras, REMOTE_ADDR=desde)
    assert respuesta.status_code == (200 if pasa else 401)
    if not pasa:
        assert set(respuesta.json()) == {"detail"}


def test_sin_secreto_puesto_ninguno_sirve(client: Client, settings: Any) -> None:
    settings.SALUD_TOKEN = ""
    for trae in ("Bearer ", "", "Bearer x"):
        respuesta = client.get("/health/deep", headers={"Authorization": trae}, REMOTE_ADDR="203.0.113.9")
        assert respuesta.status_code == 401


@pytest.mark.parametrize("direccion", ["/health/live", "/health/ready"])
def test_un_desconocido_no_ve_versiones_nombres_ni_secretos(client: Client, direccion: str) -> None:
    texto = client.get(direccion, REMOTE_ADDR="203.0.113.9").content.decode().lower()
    for palabra in ("version", "django", "postgres", "sqlite", str(ajustes.BASE_DIR), "host"):
        assert palabra not in texto


def test_un_latido_viejo_y_un_disco_lleno_se_nombran(client: Client, settings: Any) -> None:
    _latir(hace=timedelta(seconds=61))
    settings.DISCO_LIBRE_MINIMO_MB = 10**9
    estado, cuerpo = _honda(client)
    assert (estado, cuerpo["status"]) == (503, "unhealthy")
    mal = {nombre for nombre, parte in cuerpo["checks"].items() if parte["status"] != "ok"}
    assert mal == {"beat", "disk"}
    assert cuerpo["checks"]["beat"]["detail"].startswith("No late desde")
    assert client.get("/health/live").status_code == client.get("/health/ready").status_code == 200


def test_lo_hallado_se_recuerda_cinco_segundos(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    veces = []
    contar = Revision("contada", lambda: veces.append(1))
    monkeypatch.setattr(partes, "todas", lambda: (contar,))
    for _ in range(3):
        assert _honda(client)[0] == 200
    assert len(veces) == 1
    monkeypatch.setattr(sondas, "SE_RECUERDA_S", -1.0)
    _honda(client)
    assert len(veces) == 2


def test_a_quien_calla_no_se_le_espera_ni_se_le_abre_otro_hilo() -> None:
    suelta, empezaron = threading.Event(), []

    def callar() -> None:
        empezaron.append(1)
        suelta.wait(30)

    muda = Revision("muda", callar)
    desde = monotonic()
    for _ in range(3):
        assert revisar([muda, Revision("otra", lambda: None)], espera_s=0.1)["muda"].estado == "timeout"
    assert monotonic() - desde < 2
    assert len(empezaron) == 1
    suelta.set()
    limite = monotonic() + 5
    while revisar([muda], espera_s=0.1)["muda"].estado != "ok":
        assert monotonic() < limite


def test_lo_que_falla_se_dice_sin_direcciones() -> None:
    def negarse() -> None:
        raise ConnectionError("connection to db.interna:5432 as root:clave failed")

    def rendirse() -> None:
        raise NoSirve("Ningún worker contesta.")

    hallado = revisar([Revision("base", negarse), Revision("worker", rendirse)])
    assert (hallado["base"].estado, hallado["base"].porque) == ("fail", "ConnectionError")
    assert hallado["worker"].porque == "Ningún worker contesta."
