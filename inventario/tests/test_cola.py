"""La cola embebida con muchos escribiendo y leyendo a la vez: todo llega entero, una vez y en orden."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu.connection import Connection

import config.celery  # noqa: F401  # pone nuestra cola en lugar de la de kombu
from config.cola import Transporte

ESCRITORES, LECTORES, MENSAJES = 4, 3, 150


@pytest.fixture
def opciones(tmp_path: Path) -> dict[str, str]:
    cola, control = tmp_path / "cola", tmp_path / "control"
    cola.mkdir()
    control.mkdir()
    return {"data_folder_in": str(cola), "data_folder_out": str(cola), "control_folder": str(control)}


def _conectar(opciones: dict[str, str]) -> Any:
    return Connection("filesystem://", transport_options=opciones)


def test_la_cola_embebida_es_la_nuestra(opciones: dict[str, str]) -> None:
    with _conectar(opciones) as conexion:
        assert isinstance(conexion.transport, Transporte)


def test_los_mensajes_salen_en_el_orden_en_que_entraron(opciones: dict[str, str]) -> None:
    # kombu recuerda por proceso qué colas ya declaró, aunque sean de otra carpeta: cada prueba, la suya.
    with _conectar(opciones) as conexion, conexion.SimpleQueue("en-orden") as cola:
        for n in range(50):
            cola.put(n)
        recibidos = []
        for _ in range(50):
            mensaje = cola.get(timeout=5)
            recibidos.append(mensaje.payload)
            mensaje.ack()
    assert recibidos == list(range(50))


def test_quien_lee_mientras_otros_escriben_nunca_ve_un_mensaje_a_medias(opciones: dict[str, str]) -> None:
    relleno, fallas = "x" * 20_000, []
    recibidos: list[tuple[int, int]] = []
    escribiendo = threading.Event()
    escribiendo.set()

    def anotando(hacer: Any, *args: int) -> None:
        try:
            hacer(*args)
        except Exception as error:  # se cuenta al final: en un hilo nadie lo vería
            fallas.append(error)

    def escribir(quien: int) -> None:
        with _conectar(opciones) as conexion, conexion.SimpleQueue("a-la-vez") as cola:
            for n in range(MENSAJES):
                cola.put([quien, n, relleno])

    def leer() -> None:
        with _conectar(opciones) as conexion:
            canal = conexion.channel()
            while True:
                terminaron = not escribiendo.is_set()
                try:
                    canal._get("a-la-vez")
                except Empty:
                    if terminaron:
                        return
                else:
                    recibidos.append((0, 0))

    with _conectar(opciones) as conexion:
        conexion.SimpleQueue("a-la-vez").close()
    lectores = [threading.Thread(target=anotando, args=(leer,)) for _ in range(LECTORES)]
    escritores = [threading.Thread(target=anotando, args=(escribir, n)) for n in range(ESCRITORES)]
    for hilo in (*lectores, *escritores):
        hilo.start()
    for hilo in escritores:
        hilo.join(60)
    escribiendo.clear()
    for hilo in lectores:
        hilo.join(60)
    assert fallas == []
    assert len(recibidos) == ESCRITORES * MENSAJES
