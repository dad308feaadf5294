"""Quien se conecta y no pide nada, o lo pide de a gotas, no le quita el turno a nadie."""

from __future__ import annotations

import socket
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.servidor import CABECERA_S, SILENCIO_S, LectorConPlazo
from inventario.tests.gunicorn_propio import gunicorn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def test_cuarenta_enchufes_ociosos_no_demoran_una_respuesta(transactional_db: None, tmp_path: Path) -> None:
    with gunicorn(tmp_path, GUNICORN_THREADS="2") as web, ExitStack() as pila:
        for _ in range(40):
            pila.enter_context(socket.create_connection(("127.0.0.1", web.puerto)))
        time.sleep(0.2)
        empezo = time.monotonic()
        with urllib.request.urlopen(f"{web.direccion}/ping", timeout=30) as respuesta:
            assert respuesta.status == 200
        assert time.monotonic() - empezo < 1


def test_un_enchufe_que_calla_un_rato_todavia_puede_pedir(transactional_db: None, tmp_path: Path) -> None:
    with (
        gunicorn(tmp_path) as web,
        socket.create_connection(("127.0.0.1", web.puerto), timeout=10) as enchufe,
    ):
        time.sleep(2)
        enchufe.sendall(b"GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert enchufe.recv(64).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("dicho", "plazo"),
    [
        (b"G", CABECERA_S),
        (
            b"POST /entrar/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\nx",
            SILENCIO_S,
        ),
    ],
    ids=["una-letra", "cuerpo-a-medias"],
)
def test_quien_empieza_y_no_termina_suelta_el_hilo(
    dicho: bytes, plazo: float, transactional_db: None, tmp_path: Path
) -> None:
    with gunicorn(tmp_path, GUNICORN_THREADS="2") as web, ExitStack() as pila:
        for _ in range(2):
            enchufe = pila.enter_context(socket.create_connection(("127.0.0.1", web.puerto)))
            enchufe.sendall(dicho)
        time.sleep(0.5)
        empezo = time.monotonic()
        with urllib.request.urlopen(f"{web.direccion}/ping", timeout=plazo * 2) as respuesta:
            assert respuesta.status == 200
        assert time.monotonic() - empezo < plazo + 3
        assert "Traceback" not in web.registro()


def test_de_a_gotas_no_se_alarga_el_plazo() -> None:
    mio, suyo = socket.socketpair()
    with mio, suyo:
        lector = LectorConPlazo(mio)
        lector.vence = time.monotonic() + 0.4

        def gotear() -> None:
            while True:
                suyo.sendall(b"x")
                lector.chunk()
                time.sleep(0.05)

        with pytest.raises(TimeoutError):
            gotear()
        assert mio.gettimeout() is None
