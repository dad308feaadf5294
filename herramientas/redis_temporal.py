"""Un Redis para probar: el de INVENTARIO_REDIS_URL o el `redis-server` de la máquina en un puerto libre."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

import redis

from herramientas.procesos import morir_con_el_padre, puerto_libre, terminar

VARIABLE = "INVENTARIO_REDIS_URL"
ARRANQUE_S = 15


@dataclass(frozen=True)
class ServidorRedis:
    url: str
    version: str
    origen: str

    def __str__(self) -> str:
        return f"Redis {self.version} ({self.origen})"


@contextlib.contextmanager
def servidor_redis() -> Iterator[ServidorRedis | None]:
    """Entrega un Redis que responde, o None si no hay de dónde sacarlo."""
    url = os.environ.get(VARIABLE, "").strip()
    programa = shutil.which("redis-server")
    if url:
        yield ServidorRedis(url, _version(url), f"dirección de {VARIABLE}")
    elif programa:
        with _temporal(programa) as encendido:
            yield encendido
    else:
        yield None


@contextlib.contextmanager
def _temporal(programa: str) -> Iterator[ServidorRedis | None]:
    clave, puerto = secrets.token_hex(16), puerto_libre()
    ajustes = {"bind": "127.0.0.1", "port": str(puerto), "requirepass": clave, "save": "", "appendonly": "no"}
    with tempfile.TemporaryDirectory(prefix="inventario-redis-") as carpeta:
        proceso = subprocess.Popen(
            [programa, *(parte for nombre, valor in ajustes.items() for parte in (f"--{nombre}", valor))],
            cwd=carpeta,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=morir_con_el_padre(signal.SIGTERM),
        )
        try:
            url = f"redis://:{clave}@127.0.0.1:{puerto}/0"
            limite = time.monotonic() + ARRANQUE_S
            while proceso.poll() is None and time.monotonic() < limite:
                with contextlib.suppress(redis.ConnectionError):
                    version = _version(url)
                    break
                time.sleep(0.05)
            else:
                yield None
                return
            yield ServidorRedis(url, version, "máquina, temporal")
        finally:
            terminar(proceso, signal.SIGTERM)


def _version(url: str) -> str:
    with redis.Redis.from_url(url, socket_connect_timeout=5) as cliente:
        return str(cliente.info("server")["redis_version"])
