"""Un gunicorn de verdad, con nuestra configuración, sobre la base de la prueba."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from herramientas.procesos import morir_con_el_padre, puerto_libre, terminar
from inventario.tests.planta import base_de_datos

ARRANQUE_S = 90


@dataclass(frozen=True)
class Web:
    puerto: int
    carpeta: Path
    proceso: subprocess.Popen[bytes]

    @property
    def direccion(self) -> str:
        return f"http://127.0.0.1:{self.puerto}"

    def registro(self) -> str:
        return (self.carpeta / "web.log").read_text(errors="replace")


@contextmanager
def gunicorn(carpeta: Path, **ambiente: str) -> Iterator[Web]:
    """Enciende la web, la entrega cuando atiende y la apaga. Lo de `ambiente` gana a lo de siempre."""
    puerto = puerto_libre()
    propio = {
        **os.environ,
        "DJANGO_ENTORNO": "desarrollo",
        "DJANGO_SETTINGS_MODULE": "inventario.tests.ajustes_de_web",
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": base_de_datos(),
        "REDIS_URL": "",
        "CELERY_BROKER_URL": "",
        "INVENTARIO_VAR": str(carpeta / "var"),
        "GUNICORN_BIND": f"127.0.0.1:{puerto}",
        "GUNICORN_PROCESSES": "1",
        "GUNICORN_THREADS": "4",
        **ambiente,
    }
    with (carpeta / "web.log").open("wb") as salida:
        proceso = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "config.wsgi"],
            cwd=settings.BASE_DIR,
            env=propio,
            stdin=subprocess.DEVNULL,
            stdout=salida,
            stderr=subprocess.STDOUT,
            preexec_fn=morir_con_el_padre(signal.SIGTERM),
        )
    web = Web(puerto, carpeta, proceso)
    try:
        _esperar(web)
        yield web
    finally:
        terminar(proceso, signal.SIGTERM)


def _esperar(web: Web) -> None:
    limite = time.monotonic() + ARRANQUE_S
    while True:
        try:
            with urllib.request.urlopen(f"{web.direccion}/ping", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > limite or web.proceso.poll() is not None:
                raise AssertionError(f"La web no atendió:\n{web.registro()[-4000:]}") from None
            time.sleep(0.1)
