"""Procesos hijos que no sobreviven a quien los arrancó."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

RAIZ = Path(__file__).resolve().parent.parent

_PR_SET_PDEATHSIG = 1
# Se carga ahora y no en el hijo: entre fork y exec no conviene abrir bibliotecas.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def puerto_libre() -> int:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        return int(enchufe.getsockname()[1])


def morir_con_el_padre(senal: signal.Signals) -> Callable[[], None] | None:
    """Devuelve el `preexec_fn` que avisa al hijo si el padre muere sin despedirse (un `kill -9`)."""
    libc = _LIBC
    if libc is None:
        return None

    def preparar() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(senal))

    return preparar


def usuario_sin_privilegios() -> pwd.struct_passwd | None:
    """Devuelve con qué usuario arrancar un servidor que se niega a correr como root; None si no lo somos."""
    if os.geteuid() != 0:
        return None
    for nombre in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(nombre)
    raise SystemExit("Como root hace falta un usuario sin privilegios (postgres o nobody) y no hay ninguno.")


def terminar(proceso: subprocess.Popen[bytes], senal: signal.Signals, *, espera_s: float = 15) -> None:
    if proceso.poll() is not None:
        return
    proceso.send_signal(senal)
    try:
        proceso.wait(espera_s)
    except subprocess.TimeoutExpired:
        proceso.kill()
        proceso.wait()


def convertir_sigterm_en_salida() -> None:
    """Hace que SIGTERM pase por los `finally`, igual que Ctrl-C: así nada queda encendido.

    Un guion lanzado con `&` recibe SIGINT ignorada; se le devuelve su efecto.
    """

    def salir(numero: int, _marco: FrameType | None) -> None:
        raise SystemExit(128 + numero)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, salir)
    # Con nohup llega ignorada a propósito.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, salir)
