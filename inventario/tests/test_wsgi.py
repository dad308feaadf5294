"""Lo que el servidor web entrega a Django."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest

from config.wsgi import CUERPO_MAXIMO, ConCuerpoEntero


def cuerpo_que_llega(cuerpo: bytes, **ambiente: Any) -> bytes:
    visto: list[bytes] = []

    def aplicacion(ambiente: dict[str, Any], responder: Any) -> Iterable[bytes]:
        visto.append(WSGIRequest(ambiente).read())
        return []

    base = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/reservas/1/confirmar",
        "wsgi.input": io.BytesIO(cuerpo),
        "wsgi.input_terminated": True,
    }
    ConCuerpoEntero(aplicacion)({**base, **ambiente}, None)
    return visto[0]


def test_un_cuerpo_por_trozos_llega_entero() -> None:
    assert cuerpo_que_llega(b'{"cantidad": 1}', HTTP_TRANSFER_ENCODING="chunked") == b'{"cantidad": 1}'


def test_de_un_cuerpo_por_trozos_sin_fin_se_lee_solo_lo_que_basta_para_negarlo() -> None:
    llega = cuerpo_que_llega(b"x" * (CUERPO_MAXIMO + 5), HTTP_TRANSFER_ENCODING="chunked")
    assert len(llega) == CUERPO_MAXIMO


@pytest.mark.parametrize(
    ("ambiente", "llega"),
    [
        ({"CONTENT_LENGTH": "3"}, b"abc"),
        ({"wsgi.input_terminated": False}, b""),
        ({"PATH_INFO": "/admin/"}, b""),
    ],
)
def test_lo_demas_se_lee_como_siempre(ambiente: dict[str, Any], llega: bytes) -> None:
    assert cuerpo_que_llega(b"abcdef", **ambiente) == llega
