"""Un SIGTERM con trabajo en curso no pierde nada: ni en la web, ni en el worker, ni en beat (R-13)."""

from __future__ import annotations

import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from inventario.cuentas.claves.services import crear_clave_api
from inventario.eventos.models import Corrida
from inventario.movimientos.models import Asiento, Existencia, TipoAsiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Producto
from inventario.tests.carreras import cuadra
from inventario.tests.horarios import poner_horarios
from inventario.tests.planta import Planta, cada_segundo
from inventario.tests.web_de_prueba import Web, encender_web

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
DESPACHAR = "/api/v1/inventario/despachar"
HILOS, POR_HILO = 3, 15


@pytest.fixture
def planta(transactional_db: None, tmp_path: Path) -> Iterator[Planta]:
    poner_horarios()
    planta = Planta(tmp_path)
    try:
        yield planta
    finally:
        planta.apagar()


@pytest.fixture
def producto(mundo: Mundo) -> Producto:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        mundo.entrada(producto, 1000)
    return producto


@pytest.fixture
def clave(mundo: Mundo) -> str:
    return crear_clave_api(empresa=mundo.empresa, nombre="biofloc", alcances=["inventory:*"])[1]


def _despachar(web: Web, clave: str, producto: Producto, unica: str) -> tuple[int, Any]:
    cabeceras = {"Authorization": f"Bearer {clave}", "Idempotency-Key": unica}
    return web.pedir(DESPACHAR, {"producto_id": producto.pk, "cantidad": 1}, cabeceras=cabeceras)


@contextmanager
def _detenido(mundo: Mundo) -> Iterator[None]:
    """Retiene la existencia: quien la pida espera a que esto termine."""
    with en_empresa(mundo.empresa), transaction.atomic():
        list(Existencia.objects.select_for_update())
        yield


def _salidas(mundo: Mundo) -> int:
    with en_empresa(mundo.empresa):
        return Asiento.objects.filter(tipo=TipoAsiento.SALIDA).count()


def test_la_web_avisa_deja_de_recibir_y_termina_lo_que_tiene(
    planta: Planta, mundo: Mundo, producto: Producto, clave: str
) -> None:
    web = encender_web(planta, GUNICORN_PAUSA_AL_CERRAR="2", GUNICORN_PROCESSES="1")
    assert web.pedir("/health/ready")[0] == 200
    llego: list[tuple[int, Any]] = []
    pedido = threading.Thread(target=lambda: llego.append(_despachar(web, clave, producto, "en-curso")))
    with _detenido(mundo):
        empezo = time.monotonic()
        pedido.start()
        time.sleep(1)
        web.proceso.send_signal(signal.SIGTERM)
        planta.esperar("que se anuncie", lambda: web.pedir("/health/ready")[0] == 503)
        assert web.atiende()
        assert time.monotonic() - empezo < 3, "Debía seguir recibiendo durante la pausa."
        planta.esperar("que deje de recibir", lambda: not web.atiende())
        with pytest.raises(OSError, match=r"refused|reset"):
            web.pedir("/ping")
        time.sleep(max(0.0, 3 - (time.monotonic() - empezo)))
        assert llego == [], planta.registros()
    pedido.join(30)
    assert [estado for estado, _ in llego] == [200]
    assert web.proceso.wait(30) == 0
    assert _salidas(mundo) == 1
    cuadra(mundo)


def test_bajo_carga_cada_despacho_confirmado_queda_una_vez(
    planta: Planta, mundo: Mundo, producto: Producto, clave: str
) -> None:
    web = encender_web(planta, GUNICORN_PAUSA_AL_CERRAR="0.2")
    confirmados: dict[str, int] = {}
    cortes: list[str] = []

    def trabajar() -> None:
        for _ in range(POR_HILO):
            unica = uuid.uuid4().hex
            while unica not in confirmados:
                try:
                    estado, cuerpo = _despachar(web, clave, producto, unica)
                except OSError as error:
                    # No se sabe si se hizo: se repite con la misma clave, como manda la guía.
                    cortes.append(type(error).__name__)
                    time.sleep(0.2)
                else:
                    # Un rechazo también termina la espera; abajo se ve que no hubo ninguno.
                    confirmados[unica] = cuerpo[0]["id"] if estado == 200 else -estado

    hilos = [threading.Thread(target=trabajar) for _ in range(HILOS)]
    for hilo in hilos:
        hilo.start()
    planta.esperar("que haya carga", lambda: len(confirmados) > HILOS)
    web.proceso.send_signal(signal.SIGTERM)
    assert web.proceso.wait(60) == 0
    assert len(confirmados) < HILOS * POR_HILO, "Terminó todo antes del apagado: no se probó nada."
    web.proceso = encender_web(planta, puerto=web.puerto).proceso
    for hilo in hilos:
        hilo.join(120)
    assert cortes
    assert min(confirmados.values()) > 0
    assert len(set(confirmados.values())) == len(confirmados) == HILOS * POR_HILO
    assert _salidas(mundo) == HILOS * POR_HILO
    with en_empresa(mundo.empresa):
        assert mundo.fisica(producto) == Decimal(1000 - HILOS * POR_HILO)
    web.proceso.send_signal(signal.SIGTERM)
    assert web.proceso.wait(60) == 0
    cuadra(mundo)


def test_el_worker_termina_su_tarea_y_beat_lo_que_manda(planta: Planta) -> None:
    cada_segundo("latido")
    worker, beat = planta.encender("worker"), planta.encender("beat")
    planta.esperar("que lata", lambda: planta.planificador() == "running")
    planta.mandar("encargo_de_prueba")
    planta.esperar("que empiece", lambda: len(planta.veces("encargo")) == 1)
    for proceso in (beat, worker):
        proceso.send_signal(signal.SIGTERM)
    assert beat.wait(60) == 0
    time.sleep(1)
    assert worker.poll() is None, "No debía irse con una tarea a medias."
    planta.seguir()
    assert worker.wait(60) == 0
    assert len(planta.veces("encargo")) == len(planta.veces("encargo-hecho")) == 1
    # Lo que beat mandó y nadie hizo sigue en la cola, y al volver se hace.
    antes = Corrida.objects.get(trabajo="latido").termino_en
    for cual in ("worker", "beat"):
        planta.encender(cual)
    planta.esperar("que vuelva a latir", lambda: Corrida.objects.get(trabajo="latido").termino_en > antes)
    assert len(planta.veces("encargo")) == 1
