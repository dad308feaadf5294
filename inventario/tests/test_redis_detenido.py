"""Un Redis detenido, que no rechaza ni contesta: nadie espera por él y nada de lo encargado se pierde."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from herramientas.redis_temporal import servidor_redis
from inventario.cuentas.models import Bodega
from inventario.eventos.models import Corrida
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.tests.cliente_de_web import Cliente, Contestado, cliente_de
from inventario.tests.gunicorn_propio import Web, gunicorn
from inventario.tests.horarios import poner_horarios
from inventario.tests.planta import Planta, cada_segundo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis, pytest.mark.timeout(300)]

AJUSTES = "inventario.tests.ajustes_de_redis"
TOPE_S = 2.0


@dataclass(frozen=True)
class Detenible:
    url: str
    pid: int

    @contextmanager
    def detenido(self) -> Iterator[None]:
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)


@pytest.fixture
def propio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Detenible]:
    """Un redis-server solo de esta prueba: el de las demás no se detiene."""
    monkeypatch.delenv("INVENTARIO_REDIS_URL", raising=False)
    with servidor_redis() as servidor:
        assert servidor is not None
        with redis.Redis.from_url(servidor.url) as cliente:
            pid = int(cliente.info("server")["process_id"])
        yield Detenible(servidor.url, pid)


@pytest.fixture
def web(mundo: Mundo, propio: Detenible, tmp_path: Path) -> Iterator[Web]:
    with gunicorn(
        tmp_path, REDIS_URL=propio.url, DJANGO_SETTINGS_MODULE=AJUSTES, LIMITE_POR_CLAVE="1000"
    ) as encendida:
        yield encendida


@pytest.fixture
def cliente(web: Web, mundo: Mundo) -> Cliente:
    return cliente_de(web, mundo.empresa)


def constancias(mundo: Mundo) -> int:
    with en_empresa(mundo.empresa):
        return Bodega.objects.filter(codigo__startswith="ev-").count()


def test_nadie_espera_por_un_redis_detenido_y_el_despacho_llega_despues(
    mundo: Mundo, cliente: Cliente, propio: Detenible, tmp_path: Path
) -> None:
    poner_horarios()
    cada_segundo("latido", "despachar_eventos")
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=0)
        mundo.entrada(producto, 100)
    antes = constancias(mundo)
    despacho = json.dumps({"producto_id": producto.pk, "cantidad": 1})
    pedidos: list[tuple[str, Callable[[], Contestado], int]] = [
        ("página", lambda: cliente.pedir("GET", "/"), 200),
        ("API es", lambda: cliente.pedir("GET", "/api/v1/productos/"), 200),
        ("API en", lambda: cliente.pedir("GET", "/api/v1/inventory/dashboard"), 200),
        ("entrar", cliente.entrar, 302),
        (
            "despacho",
            lambda: cliente.pedir("POST", "/api/v1/inventario/despachar/", despacho),
            200,
        ),
        (
            "exportación",
            lambda: cliente.pedir(
                "POST",
                "/api/v1/reportes/exportaciones/",
                '{"reporte": "inventario-basico", "formato": "csv"}',
            ),
            201,
        ),
    ]
    for _, pedir, estado in pedidos[:3]:
        assert pedir().estado == estado
    lentos: list[object] = []
    with propio.detenido():
        # Cada uno por separado, pasada la pausa: así todos pagan la espera, y no solo el primero.
        for nombre, pedir, estado in pedidos:
            dado = pedir()
            if dado.estado != estado or dado.tardo_s >= TOPE_S:
                lentos.append((nombre, dado.estado, dado.texto[:300], dado.tardo_s))
            time.sleep(5.2)
    assert lentos == []
    planta = Planta(tmp_path)
    propias = {
        "REDIS_URL": propio.url,
        "CELERY_BROKER_URL": propio.url,
        "DJANGO_SETTINGS_MODULE": AJUSTES,
    }
    try:
        planta.encender("worker", **propias)
        planta.encender("beat", **propias)
        planta.esperar("que llegue el despacho", lambda: constancias(mundo) > antes)
        # Y quienes trabajan aparte también sobreviven a que se detenga, y siguen solos.
        with propio.detenido():
            time.sleep(4)
        corte = Corrida.objects.get(trabajo="latido").empezo_en
        planta.esperar("que vuelva a latir", lambda: Corrida.objects.get(trabajo="latido").empezo_en > corte)
        assert [proceso.poll() for proceso in planta.encendidos] == [None, None]
    finally:
        planta.apagar()
