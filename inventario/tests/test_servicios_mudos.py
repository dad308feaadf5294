"""Con Redis o PostgreSQL detenidos, que callan en vez de negarse, las sondas contestan a tiempo (R-12)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from inventario.tests.horarios import poner_horarios
from inventario.tests.planta import Planta, cada_segundo
from inventario.tests.tubo import Tubo, tubo
from inventario.tests.web_de_prueba import Web, encender_web

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
    pytest.mark.redis,
    pytest.mark.postgresql,
]


@pytest.fixture
def planta(transactional_db: None, tmp_path: Path) -> Iterator[Planta]:
    poner_horarios()
    planta = Planta(tmp_path)
    try:
        yield planta
    finally:
        planta.apagar()


def _por_un_tubo(url: str, defecto: int, uno: Tubo) -> str:
    partes = urlsplit(url)
    quien = partes.netloc.rpartition("@")[0]
    return partes._replace(
        netloc=f"{quien}@127.0.0.1:{uno.puerto}" if quien else f"127.0.0.1:{uno.puerto}"
    ).geturl()


def _destino(url: str, defecto: int) -> tuple[str, int]:
    partes = urlsplit(url)
    return unquote(partes.hostname or "127.0.0.1"), partes.port or defecto


def _honda(web: Web) -> tuple[int, set[str], float]:
    """El estado, lo que no sirve y cuánto tardó, sin lo que se recuerda de la vez anterior."""
    time.sleep(5.1)
    desde = time.monotonic()
    estado, cuerpo = web.pedir("/health/deep")
    mal = {nombre for nombre, parte in cuerpo["checks"].items() if parte["status"] != "ok"}
    return estado, mal, time.monotonic() - desde


def test_las_sondas_contestan_a_tiempo_con_todo_callado(planta: Planta) -> None:
    cada_segundo("latido")
    base, cola = planta.ambiente["DATABASE_URL"], planta.cola
    with tubo(*_destino(base, 5432)) as a_la_base, tubo(*_destino(cola, 6379)) as a_redis:
        redis = _por_un_tubo(cola, 6379, a_redis)
        web = encender_web(
            planta,
            DATABASE_URL=_por_un_tubo(base, 5432, a_la_base),
            CELERY_BROKER_URL=redis,
            REDIS_URL=redis,
            GUNICORN_PROCESSES="1",
        )
        planta.encender("worker")
        planta.encender("beat")
        planta.esperar("que todo esté bien", lambda: web.pedir("/health/deep")[0] == 200)

        a_redis.enmudecer()
        estado, mal, tardo = _honda(web)
        assert (estado, mal, tardo < 5) == (503, {"cache", "broker", "worker"}, True)
        assert web.pedir("/health/live", espera_s=2) == (200, {"status": "alive"})
        assert web.pedir("/health/ready", espera_s=5)[0] == 200
        a_redis.hablar()
        planta.esperar("que Redis vuelva", lambda: web.pedir("/health/deep")[0] == 200)

        a_la_base.enmudecer()
        estado, mal, tardo = _honda(web)
        assert (estado, mal >= {"database", "beat"}, tardo < 5) == (503, True, True)
        desde = time.monotonic()
        cuerpo: Any
        estado, cuerpo = web.pedir("/health/ready", espera_s=5)
        assert (estado, cuerpo["status"]) == (503, "not_ready")
        assert time.monotonic() - desde < 4
        assert web.pedir("/health/live", espera_s=2)[0] == 200
        a_la_base.hablar()
        planta.esperar("que la base vuelva", lambda: web.pedir("/health/ready")[0] == 200)
