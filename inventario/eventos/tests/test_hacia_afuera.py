"""Lo que sale de la máquina: con otra de verdad al otro lado, sin transacción, y una vez o más."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.db import connection, transaction

from inventario.cuentas.models import Empresa
from inventario.eventos import entrega, tasks
from inventario.eventos.bandeja import registrar, sin_avisar
from inventario.eventos.catalogo import ProductoCambiado
from inventario.eventos.consumidores import HaciaAfuera
from inventario.eventos.models import Entrega, Evento
from inventario.nucleo.empresa import en_empresa

pytestmark = pytest.mark.django_db(transaction=True)

AQUI = "inventario.eventos.tests.test_hacia_afuera"
AHORA = datetime(2027, 1, 1, tzinfo=UTC)


class Receptor(HTTPServer):
    """El otro sistema: guarda lo que le llega y contesta lo que se le pida."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Manejador)
        self.llegaron: list[str] = []
        self.contesta = 204


class _Manejador(BaseHTTPRequestHandler):
    server: Receptor

    def do_POST(self) -> None:  # el nombre que busca http.server
        self.server.llegaron.append(self.headers["Evento"])
        self.send_response(self.server.contesta)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """No ensucia la salida de las pruebas."""


destino: list[str] = []
al_volver: list[Any] = []


@HaciaAfuera
def mandar(evento: Evento) -> None:
    """Consumidor: avisa al otro sistema, y al volver pasa lo que la prueba haya dispuesto."""
    assert not connection.in_atomic_block
    _llamar(evento)
    if al_volver:
        al_volver.pop()(evento)


@HaciaAfuera
def mandar_sin_mirar(evento: Evento) -> None:
    """Consumidor que no se defiende: manda aunque lo llamen en una transacción."""
    _llamar(evento)


def _llamar(evento: Evento) -> None:
    with urlopen(Request(destino[0], method="POST", headers={"Evento": str(evento.pk)}), timeout=10):
        pass


@pytest.fixture
def receptor(settings: Any) -> Iterator[Receptor]:
    settings.CONSUMIDORES_DE_EVENTOS = {"producto_cambiado": [f"{AQUI}.mandar"]}
    settings.CONSUMIDORES_EN_EL_ACTO = []
    with Receptor() as servidor:
        hilo = threading.Thread(target=servidor.serve_forever, args=(0.02,), daemon=True)
        hilo.start()
        destino.append(f"http://127.0.0.1:{servidor.server_port}/")
        yield servidor
        servidor.shutdown()
        hilo.join(10)
    destino.clear()
    al_volver.clear()


def apuntar(empresa: Empresa, producto: int = 1) -> str:
    """Deja un evento por entregar; devuelve su número como lo verá el otro lado."""
    with sin_avisar(), en_empresa(empresa):
        registrar(empresa, ProductoCambiado(producto=producto))
        pk: int = Evento.objects.latest("pk").pk
    return str(pk)


def rondar(empresa: Empresa, ahora: datetime = AHORA) -> tuple[int, int]:
    entrega.encaminar(empresa, ahora)
    return entrega.entregar(empresa, lambda: ahora)


def estados(empresa: Empresa) -> list[tuple[str, int]]:
    with en_empresa(empresa):
        return list(Entrega.objects.order_by("evento_id").values_list("estado", "intentos"))


def test_lo_que_sale_se_manda_sin_transaccion_y_se_anota(empresa: Empresa, receptor: Receptor) -> None:
    with en_empresa(empresa):
        registrar(empresa, ProductoCambiado(producto=1))
        # Mientras no se confirme, nada salió.
        assert receptor.llegaron == []
    assert len(receptor.llegaron) == 1
    assert estados(empresa) == [("entregada", 1)]
    tasks.despachar()
    assert len(receptor.llegaron) == 1


def test_puesto_por_error_en_el_acto_se_manda_igual_fuera_de_toda_transaccion(
    empresa: Empresa, receptor: Receptor, settings: Any
) -> None:
    # Las revisiones del arranque lo dirían, pero el servidor web no las corre.
    settings.CONSUMIDORES_DE_EVENTOS = {"producto_cambiado": [f"{AQUI}.mandar_sin_mirar"]}
    settings.CONSUMIDORES_EN_EL_ACTO = [f"{AQUI}.mandar_sin_mirar"]
    hecho = apuntar(empresa)
    with en_empresa(empresa):
        eventos = list(Evento.objects.all())
    assert not entrega.entregar_en_el_acto(empresa, eventos, AHORA)
    assert (receptor.llegaron, estados(empresa)) == ([], [("pendiente", 0)])
    assert entrega.entregar(empresa, lambda: AHORA) == (1, 0)
    assert (receptor.llegaron, estados(empresa)) == ([hecho], [("entregada", 1)])


def test_si_el_otro_no_acepta_se_reintenta_en_orden(empresa: Empresa, receptor: Receptor) -> None:
    primero, segundo, aparte = apuntar(empresa), apuntar(empresa), apuntar(empresa, producto=2)
    receptor.contesta = 503
    assert rondar(empresa) == (0, 2)
    assert receptor.llegaron == [primero, aparte]
    receptor.contesta = 204
    assert rondar(empresa, AHORA + entrega.ESPERA) == (3, 0)
    assert receptor.llegaron[2:] == [primero, segundo, aparte]


def test_fallar_despues_de_mandar_lo_manda_otra_vez(empresa: Empresa, receptor: Receptor) -> None:
    hecho = apuntar(empresa)
    al_volver.append(_romperse)
    assert rondar(empresa) == (0, 1)
    assert estados(empresa) == [("pendiente", 1)]
    assert rondar(empresa, AHORA + entrega.ESPERA) == (1, 0)
    assert receptor.llegaron == [hecho, hecho]


def test_morir_despues_de_mandar_lo_retoma_otro_cuando_pasa_su_espera(
    empresa: Empresa, receptor: Receptor
) -> None:
    hecho = apuntar(empresa)
    al_volver.append(_morir)
    with pytest.raises(SystemExit):
        rondar(empresa)
    assert estados(empresa) == [("pendiente", 1)]
    assert rondar(empresa, AHORA + entrega.ESPERA - timedelta(seconds=1)) == (0, 0)
    assert rondar(empresa, AHORA + entrega.ESPERA) == (1, 0)
    assert receptor.llegaron == [hecho, hecho]


def test_mientras_uno_la_manda_otro_no_la_toma_y_la_base_no_espera(
    empresa: Empresa, receptor: Receptor
) -> None:
    hecho, _siguiente = apuntar(empresa), apuntar(empresa)
    otras: list[tuple[int, int]] = []

    def otra_ronda(_evento: Evento) -> None:
        otras.append(rondar(empresa))
        # Nada quedó retenido: otro la puede tocar sin esperar.
        with en_empresa(empresa):
            assert Entrega.objects.filter(evento_id=int(hecho)).update(error="la vi") == 1

    al_volver.append(otra_ronda)
    assert rondar(empresa) == (2, 0)
    assert otras == [(0, 0)]
    assert estados(empresa) == [("entregada", 1)] * 2


def test_tardar_mas_que_la_espera_no_pisa_a_quien_la_retomo(empresa: Empresa, receptor: Receptor) -> None:
    hecho = apuntar(empresa)
    al_volver.append(lambda _evento: rondar(empresa, AHORA + entrega.ESPERA))
    # El que llegó tarde no anota nada: ya la hizo el otro.
    assert rondar(empresa) == (0, 1)
    assert receptor.llegaron == [hecho, hecho]
    assert estados(empresa) == [("entregada", 2)]


def test_dentro_de_una_transaccion_no_se_entrega_nada(empresa: Empresa, receptor: Receptor) -> None:
    apuntar(empresa)
    entrega.encaminar(empresa, AHORA)
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        entrega.entregar(empresa, lambda: AHORA)
    assert (receptor.llegaron, estados(empresa)) == ([], [("pendiente", 0)])


def _romperse(_evento: Evento) -> None:
    raise ConnectionResetError


def _morir(_evento: Evento) -> None:
    raise SystemExit
