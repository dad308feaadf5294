"""Worker y beat encendidos de verdad: laten, y un `kill -9` a mitad de una tarea no pierde nada.

Con REDIS_URL la cola es Redis; sin ella, la embebida.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from inventario.cuentas.models import Bodega, Empresa
from inventario.eventos.bandeja import registrar, sin_avisar
from inventario.eventos.catalogo import ProductoCambiado
from inventario.eventos.models import Corrida, Entrega
from inventario.nucleo.empresa import en_empresa
from inventario.tests.horarios import poner_horarios
from inventario.tests.planta import Planta, cada_segundo, matar_todo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def planta(transactional_db: None, tmp_path: Path) -> Iterator[Planta]:
    poner_horarios()
    planta = Planta(tmp_path)
    try:
        yield planta
    finally:
        planta.apagar()


def _entrega(empresa: Empresa) -> Entrega | None:
    with en_empresa(empresa):
        entrega: Entrega | None = Entrega.objects.first()
        return entrega


def _efectos(empresa: Empresa) -> int:
    with en_empresa(empresa):
        return Bodega.objects.filter(codigo="e-1").count()


def test_un_corte_de_luz_a_mitad_de_una_entrega_no_la_pierde_ni_la_repite(
    planta: Planta, empresa: Empresa
) -> None:
    cada_segundo("latido", "despachar_eventos")
    assert planta.planificador() == "not_initialized"
    worker, beat = planta.encender("worker"), planta.encender("beat")
    planta.esperar("que lata", lambda: planta.planificador() == "running")

    # Callado: que lo lleve el worker, y no este proceso.
    with sin_avisar(), en_empresa(empresa):
        registrar(empresa, ProductoCambiado(producto=1))
    planta.esperar("que empiece la entrega", lambda: len(planta.veces("consumir")) == 1)
    matar_todo(worker)
    planta.seguir()
    # Beat sigue mandando, pero sin quien atienda no hay latido.
    planta.esperar("que se note la falta del worker", lambda: planta.planificador() == "stopped")
    assert beat.poll() is None
    tomada = _entrega(empresa)
    assert tomada is not None
    assert (tomada.estado, tomada.intentos, _efectos(empresa)) == ("pendiente", 1, 0)

    with en_empresa(empresa):  # como si hubiera pasado su espera
        Entrega.objects.update(proximo_en=timezone.now())
    otro = planta.encender("worker")
    planta.esperar("que otro worker la retome", lambda: _efectos(empresa) == 1)
    planta.esperar("que vuelva a latir", lambda: planta.planificador() == "running")
    hecha = _entrega(empresa)
    assert hecha is not None
    assert (hecha.estado, hecha.intentos, _efectos(empresa)) == ("entregada", 2, 1)
    assert len(planta.veces("consumir")) == 2
    assert Corrida.objects.get(trabajo="despachar_eventos").bien

    for proceso in (beat, otro):
        proceso.send_signal(signal.SIGTERM)
        assert proceso.wait(60) == 0


@pytest.mark.postgresql
def test_si_la_base_se_reinicia_worker_y_beat_siguen_solos(planta: Planta) -> None:
    cada_segundo("latido")
    procesos = [planta.encender("worker"), planta.encender("beat")]
    planta.esperar("que lata", lambda: planta.planificador() == "running")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        (cortadas,) = cursor.fetchone()
    assert cortadas >= 2
    corte = timezone.now()
    planta.esperar("que vuelva a latir", lambda: Corrida.objects.get(trabajo="latido").empezo_en > corte)
    assert [proceso.poll() for proceso in procesos] == [None, None]


def test_si_muere_el_proceso_que_hace_la_tarea_el_worker_la_da_a_otro(planta: Planta) -> None:
    worker = planta.encender("worker")
    planta.mandar("encargo_de_prueba")
    planta.esperar("que empiece", lambda: len(planta.veces("encargo")) == 1)
    os.kill(planta.veces("encargo")[0], signal.SIGKILL)
    planta.seguir()
    planta.esperar("que otro proceso la termine", lambda: len(planta.veces("encargo-hecho")) == 1)
    assert len(set(planta.veces("encargo"))) == 2
    assert worker.poll() is None


@pytest.mark.redis
def test_lo_que_un_worker_muerto_tenia_en_redis_llega_a_otro(planta: Planta) -> None:
    # Redis la da por perdida al doble de lo que puede durar una tarea.
    worker = planta.encender("worker", TAREA_MAXIMA_S="5")
    planta.mandar("encargo_de_prueba")
    planta.esperar("que empiece", lambda: len(planta.veces("encargo")) == 1)
    matar_todo(worker)
    planta.seguir()
    assert planta.veces("encargo-hecho") == []
    planta.encender("worker", TAREA_MAXIMA_S="5")
    planta.esperar("que se la entreguen al otro", lambda: len(planta.veces("encargo-hecho")) == 1)
    assert len(planta.veces("encargo")) == 2
