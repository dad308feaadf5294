"""buildah con su almacén en una carpeta de la prueba: no deja nada en la máquina."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from herramientas.procesos import morir_con_el_padre, terminar


class NoSeConstruyo(Exception):
    """Un paso terminó mal; el texto trae el final de lo que dijo."""


@dataclass(frozen=True)
class Almacen:
    carpeta: Path

    def orden(self, *argumentos: str) -> list[str]:
        donde = ["--root", str(self.carpeta / "almacen"), "--runroot", str(self.carpeta / "corrida")]
        return ["buildah", *donde, "--storage-driver", "vfs", *argumentos]

    def buildah(self, *argumentos: str, entrada: str = "") -> str:
        """Devuelve lo que escribió; lanza `NoSeConstruyo` si terminó mal."""
        return correr(self.orden(*argumentos), entrada)


def correr(orden: list[str], entrada: str = "") -> str:
    hecho = subprocess.run(orden, capture_output=True, text=True, input=entrada, check=False)
    if hecho.returncode:
        raise NoSeConstruyo(f"«{' '.join(orden[:8])}…» falló:\n{hecho.stdout[-3000:]}{hecho.stderr[-3000:]}")
    return hecho.stdout


@contextlib.contextmanager
def encendido(almacen: Almacen, nombre: str, orden: list[str]) -> Iterator[None]:
    """Mantiene esa orden corriendo; lo que dice queda en `nombre.txt` de la carpeta del almacén."""
    with (almacen.carpeta / f"{nombre}.txt").open("wb") as salida:
        proceso = subprocess.Popen(
            almacen.orden(*orden),
            stdin=subprocess.DEVNULL,
            stdout=salida,
            stderr=subprocess.STDOUT,
            preexec_fn=morir_con_el_padre(signal.SIGTERM),
        )
    try:
        yield
    finally:
        terminar(proceso, signal.SIGTERM)
