"""Cuánto ocupan los procesos y cuánto esperan los demás, mientras alguien ataca."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from escenarios.ataque.cliente import Api


def memoria_mb(pid: int) -> float:
    try:
        lineas = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(una.split()[1]) / 1024 for una in lineas if una.startswith("VmRSS")), 0)


def familia(pid: int) -> list[int]:
    hijos = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, hijos)]


@contextmanager
def tope_de_memoria(pids: list[int]) -> Iterator[list[float]]:
    """Deja en su único lugar lo más que llegaron a ocupar juntos, mirado cada 20 ms."""
    tope, basta = [0.0], threading.Event()

    def mirar() -> None:
        while not basta.wait(0.02):
            tope[0] = max(tope[0], sum(map(memoria_mb, pids)))

    hilo = threading.Thread(target=mirar, daemon=True)
    hilo.start()
    try:
        yield tope
    finally:
        basta.set()
        hilo.join()


@contextmanager
def midiendo(testigo: Api, demoras: list[float]) -> Iterator[None]:
    """Mientras dure, alguien que no tiene nada que ver pide lo suyo y anota cuánto esperó."""
    basta = threading.Event()

    def pedir() -> None:
        while True:
            empezo = time.perf_counter()
            testigo.pedir("GET", "productos")
            demoras.append(time.perf_counter() - empezo)
            if basta.wait(0.1) and len(demoras) > 3:
                return

    hilo = threading.Thread(target=pedir, daemon=True)
    hilo.start()
    try:
        yield
    finally:
        basta.set()
        hilo.join()
