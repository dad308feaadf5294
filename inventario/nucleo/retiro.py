"""Si el servidor se está retirando: atiende lo que llegue, pero ya no pide que le manden más."""

from __future__ import annotations

import mmap

# Memoria que comparten gunicorn y los procesos que crea: él la importa antes de crearlos.
_marca = mmap.mmap(-1, 1)


def empezar() -> None:
    """Lo dice a todos los procesos de este servidor."""
    _marca[0] = 1


def empezado() -> bool:
    return _marca[0] == 1


def olvidar() -> None:
    _marca[0] = 0
