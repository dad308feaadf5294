"""Lo que pasa cuando quien llama se va antes de terminar de hablar."""

from __future__ import annotations

import socket
import struct
from typing import IO, cast

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from rest_framework.exceptions import ParseError

from inventario.borde.analizador import AnalizadorJson


def test_un_cuerpo_cortado_a_medias_es_un_mal_pedido_y_no_un_error_nuestro() -> None:
    with socket.create_server(("127.0.0.1", 0)) as servidor:
        cliente = socket.create_connection(servidor.getsockname())
        atiende, _ = servidor.accept()
        with atiende, atiende.makefile("rb") as entrada:
            cliente.sendall(b'{"deductions": [')
            # Cierra con RST, como un teléfono que pierde la red.
            cliente.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            cliente.close()
            ambiente = RequestFactory().post("/", content_type="application/json").environ
            solicitud = WSGIRequest({**ambiente, "CONTENT_LENGTH": "500", "wsgi.input": entrada})
            with pytest.raises(ParseError, match="no llegó entero"):
                AnalizadorJson().parse(cast("IO[bytes]", solicitud))
