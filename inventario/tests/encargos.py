"""Lo que un worker de prueba hace: dice que empezó, espera la señal y deja su efecto."""

from __future__ import annotations

import os
import time
from pathlib import Path

from celery import shared_task

from inventario.cuentas.models import Bodega
from inventario.eventos.models import Evento

CARPETA = "CARPETA_DE_PRUEBA"
ESPERA_S = 60


def consumir(evento: Evento) -> None:
    """Consumidor: su efecto es una bodega, que vale si la entrega se confirma."""
    Bodega.objects.create(
        empresa_id=evento.empresa_id, codigo=f"e-{evento.datos['producto']}", nombre="La dejó un worker"
    )
    _empezar_y_esperar("consumir")


def dejar_constancia(evento: Evento) -> None:
    """Consumidor: su efecto es una bodega por evento, sin esperar nada."""
    Bodega.objects.create(empresa_id=evento.empresa_id, codigo=f"ev-{evento.pk}", nombre="La dejó un worker")


@shared_task(name="encargo_de_prueba")
def encargo() -> None:
    """Tarea sin efecto en la base: cuántas veces empezó y terminó queda en archivos."""
    _empezar_y_esperar("encargo")
    _anotar("encargo-hecho")


def _empezar_y_esperar(que: str) -> None:
    _anotar(que)
    limite = time.monotonic() + ESPERA_S
    while not (Path(os.environ[CARPETA]) / "siga").exists() and time.monotonic() < limite:
        time.sleep(0.05)


def _anotar(que: str) -> None:
    with (Path(os.environ[CARPETA]) / que).open("a") as archivo:
        archivo.write(f"{os.getpid()}\n")
