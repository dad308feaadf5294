"""Correr a la vez: hilos de verdad, una barrera de salida y una conexión por hilo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import Context
from functools import partial
from threading import Barrier, Thread

from django.db import connection

from inventario.movimientos.tests.mundo import Mundo, comprobar_invariantes
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio

ESPERA_S = 60
Tarea = Callable[[], object]


def a_la_vez(mundo: Mundo, *por_hilo: Sequence[Tarea]) -> Counter[str]:
    """Corre cada lista en su hilo, cada tarea en su propia transacción, y cuenta cómo terminaron.

    Cuenta «bien» o el nombre del error de dominio; cualquier otro error es un fallo de la prueba.
    """
    return contar_a_la_vez(*([partial(_intentar, mundo, tarea) for tarea in tareas] for tareas in por_hilo))


def contar_a_la_vez(*por_hilo: Sequence[Callable[[], str]]) -> Counter[str]:
    """Suelta todos los hilos en la misma barrera y cuenta lo que devolvió cada llamada."""
    barrera = Barrier(len(por_hilo))
    cuentas: Counter[str] = Counter()
    fallos: list[BaseException] = []

    def correr(llamadas: Sequence[Callable[[], str]]) -> None:
        try:
            connection.ensure_connection()
            barrera.wait(ESPERA_S)
            for llamada in llamadas:
                cuentas[llamada()] += 1
        except BaseException as error:
            barrera.abort()
            fallos.append(error)
        finally:
            connection.close()

    # Cada hilo empieza sin empresa ni hoja abierta, como una petición recién llegada.
    hilos = [Thread(target=Context().run, args=(correr, llamadas), daemon=True) for llamadas in por_hilo]
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
