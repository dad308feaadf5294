"""Correr a la vez: hilos de verdad, una barrera de salida y una conexión por hilo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import copy_context
from threading import Barrier, Thread

from django.db import connection

from inventario.movimientos.tests.mundo import Mundo, comprobar_invariantes
from inventario.nucleo.errores import ErrorDeDominio
from inventario.nucleo.inquilino import en_empresa

ESPERA_S = 60
Tarea = Callable[[], object]


def a_la_vez(mundo: Mundo, *por_hilo: Sequence[Tarea]) -> Counter[str]:
    """Corre cada lista en su hilo, cada tarea en su propia transacción, y cuenta cómo terminaron.

    Cuenta «bien» o el nombre del error de dominio; cualquier otro error es un fallo de la prueba.
    """
    barrera = Barrier(len(por_hilo))
    cuentas: Counter[str] = Counter()
    fallos: list[BaseException] = []

    def correr(tareas: Sequence[Tarea]) -> None:
        try:
            connection.ensure_connection()
            barrera.wait(ESPERA_S)
            for tarea in tareas:
                cuentas[_intentar(mundo, tarea)] += 1
        except BaseException as error:
            barrera.abort()
            fallos.append(error)
        finally:
            connection.close()

    # Cada hilo empieza sin empresa ni hoja abierta, como una petición recién llegada.
    hilos = [Thread(target=copy_context().run, args=(correr, tareas), daemon=True) for tareas in por_hilo]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(ESPERA_S)
    assert not any(hilo.is_alive() for hilo in hilos), "Un hilo no terminó: ¿se trabaron?"
    assert not fallos, fallos
    return cuentas


def repetir(tarea: Tarea, veces: int) -> list[list[Tarea]]:
    """La misma tarea una vez en cada hilo."""
    return [[tarea] for _ in range(veces)]


def cuadra(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        comprobar_invariantes()


def _intentar(mundo: Mundo, tarea: Tarea) -> str:
    try:
        with en_empresa(mundo.empresa):
            tarea()
    except ErrorDeDominio as error:
        return type(error).__name__
    return "bien"
