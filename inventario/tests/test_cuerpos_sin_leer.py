"""Quien reutiliza su conexión no pierde la solicitud que sigue a una rechazada sin leer su cuerpo."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.servidor import RESTO_MAXIMO
from inventario.tests.gunicorn_propio import Web, gunicorn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

KB = 1024
# Lo que cada puerta contesta sin mirar el cuerpo.
RECHAZOS = [
    ("POST", "/api/v1/categorias/", 401),
    ("POST", "/api/no-existe/", 404),
    ("POST", "/ping", 405),
    ("POST", "/entrar/", 403),
    ("PUT", "/api/v1/inventory/items/1", 401),
]


@pytest.fixture
def web(transactional_db: None, tmp_path: Path) -> Iterator[Web]:
    with gunicorn(tmp_path, LIMITE_ANONIMO="0") as encendida:
        yield encendida


def _enviar(
    conexion: http.client.HTTPConnection, metodo: str, ruta: str, bytes_: int, *, trozos: bool
) -> int:
    cuerpo = b"x" * bytes_
    conexion.request(
        metodo,
        ruta,
        body=iter([cuerpo]) if trozos else cuerpo,
        headers={"Content-Type": "application/octet-stream"},
        encode_chunked=trozos,
    )
    respuesta = conexion.getresponse()
    respuesta.read()
    return respuesta.status


def test_la_conexion_sirve_despues_de_cada_rechazo(web: Web) -> None:
    mal: list[object] = []
    for metodo, ruta, estado in RECHAZOS:
        for bytes_ in (KB, 100 * KB, 1000 * KB):
            for trozos in (False, True):
                caso = (metodo, ruta, bytes_, trozos)
                conexion = http.client.HTTPConnection("127.0.0.1", web.puerto, timeout=20)
                try:
                    dado = _enviar(conexion, metodo, ruta, bytes_, trozos=trozos)
                    # `http.client` suelta el enchufe solo si el servidor avisó que cerraba.
                    sigue = conexion.sock is not None
                    conexion.auto_open = 0 if sigue else 1
                    conexion.request("GET", "/ping")
                    otra = conexion.getresponse().status
                    if (dado, otra, sigue) != (estado, 200, True):
                        mal.append((*caso, dado, otra, sigue))
                except (OSError, http.client.HTTPException) as error:
                    mal.append((*caso, repr(error)))
                finally:
                    conexion.close()
    assert mal == []


def test_lo_que_pasa_del_limite_se_contesta_avisando_que_se_cierra(web: Web) -> None:
    conexion = http.client.HTTPConnection("127.0.0.1", web.puerto, timeout=20)
    conexion.putrequest("POST", "/api/v1/categorias/")
    conexion.putheader("Content-Length", str(RESTO_MAXIMO + KB))
    conexion.endheaders()
    conexion.send(b"x" * RESTO_MAXIMO)
    respuesta = conexion.getresponse()
    assert (respuesta.status, respuesta.getheader("Connection")) == (401, "close")


def test_quien_deja_el_cuerpo_a_medias_recibe_su_respuesta_y_el_aviso(web: Web) -> None:
    conexion = http.client.HTTPConnection("127.0.0.1", web.puerto, timeout=20)
    conexion.putrequest("POST", "/api/v1/categorias/")
    conexion.putheader("Content-Length", str(KB))
    conexion.endheaders()
    conexion.send(b"x")
    respuesta = conexion.getresponse()
    assert (respuesta.status, respuesta.getheader("Connection")) == (401, "close")
