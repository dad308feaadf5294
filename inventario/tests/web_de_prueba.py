"""Una web de verdad, con la orden del Procfile, sobre la base de la prueba."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from herramientas.procesos import puerto_libre
from inventario.tests.planta import PACIENCIA_S, Planta


@dataclass
class Web:
    """Dónde atiende y cómo pedirle."""

    proceso: subprocess.Popen[bytes]
    puerto: int

    def pedir(
        self, ruta: str, cuerpo: Any = None, *, espera_s: float = 60, cabeceras: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Devuelve el estado y el JSON; lanza `OSError` si no hay quien conteste."""
        pedido = urllib.request.Request(
            f"http://127.0.0.1:{self.puerto}{ruta}",
            data=None if cuerpo is None else json.dumps(cuerpo).encode(),
            headers={"Content-Type": "application/json", **(cabeceras or {})},
        )
        try:
            with urllib.request.urlopen(pedido, timeout=espera_s) as respuesta:
                return respuesta.status, json.loads(respuesta.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def atiende(self) -> bool:
        try:
            return self.pedir("/health/live", espera_s=5)[0] == 200
        except OSError:
            return False


def encender_web(planta: Planta, *, puerto: int = 0, **ambiente: str) -> Web:
    """La enciende y espera a que atienda; la apaga la planta."""
    puerto = puerto or puerto_libre()
    propios = {"GUNICORN_BIND": f"127.0.0.1:{puerto}", "DJANGO_SETTINGS_MODULE": "config.settings"}
    web = Web(planta.encender("web", **propios, **ambiente), puerto)
    limite = time.monotonic() + PACIENCIA_S
    while not web.atiende():
        if web.proceso.poll() is not None or time.monotonic() > limite:
            raise AssertionError(f"La web no atendió.\n{planta.registros()}")
        time.sleep(0.1)
    return web
