"""A quién le cree gunicorn, por un enchufe de verdad, que afuera era HTTPS."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings

APP = """
def responder(entorno, empezar):
    empezar("200 OK", [("Content-Type", "text/plain")])
    return [entorno["wsgi.url_scheme"].encode()]
"""


@pytest.mark.parametrize(("intermediarios", "esquema"), [("0", "http"), ("1", "https")])
def test_decir_que_afuera_era_https_solo_vale_si_hay_intermediarios(
    tmp_path: Path, intermediarios: str, esquema: str
) -> None:
    (tmp_path / "aplicacion.py").write_text(APP)
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        puerto = libre.getsockname()[1]
    ambiente = {
        **os.environ,
        "PROXIES_DE_CONFIANZA": intermediarios,
        "PYTHONPATH": str(settings.BASE_DIR),
        "GUNICORN_BIND": f"127.0.0.1:{puerto}",
        "GUNICORN_PROCESSES": "1",
        # Lo que gunicorn leería por su cuenta no debe influir.
        "FORWARDED_ALLOW_IPS": "*",
    }
    orden = ("gunicorn", "--config", str(settings.BASE_DIR / "gunicorn.conf.py"), "--chdir", str(tmp_path))
    servidor = subprocess.Popen([sys.executable, "-m", *orden, "aplicacion:responder"], env=ambiente)
    try:
        assert _preguntar(f"http://127.0.0.1:{puerto}/") == esquema
    finally:
        servidor.terminate()
        servidor.wait(20)


def _preguntar(url: str) -> str:
    limite = time.monotonic() + 30
    while True:
        try:
            return httpx.get(url, headers={"X-Forwarded-Proto": "https"}, timeout=5).text
        except httpx.TransportError:
            if time.monotonic() > limite:
                raise
            time.sleep(0.1)
