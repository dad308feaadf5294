"""Un ataque es una función corta: devuelve qué vio resistir, o lanza `Cae` con lo que contestó el sistema."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from escenarios.ataque.blanco import Blanco

T = TypeVar("T")


class Cae(Exception):
    """El ataque logró algo; el texto dice qué se pidió y qué contestó."""


@dataclass(frozen=True)
class Ataque:
    """`hallazgo` es el de la issue («A1»); los `breves` son los de cada día."""

    hallazgo: str
    nombre: str
    hacer: Callable[[Blanco], str]
    breve: bool


@dataclass(frozen=True)
class Veredicto:
    ataque: Ataque
    resiste: bool
    evidencia: str
    duro_s: float


TODOS: list[Ataque] = []


def ataque(
    hallazgo: str, nombre: str, *, breve: bool = False
) -> Callable[[Callable[[Blanco], str]], Callable[[Blanco], str]]:
    """Anota la función entre los ataques, en el orden en que están escritos."""

    def anotar(hacer: Callable[[Blanco], str]) -> Callable[[Blanco], str]:
        TODOS.append(Ataque(hallazgo, nombre, hacer, breve))
        return hacer

    return anotar


def probar(cual: Ataque, blanco: Blanco) -> Veredicto:
    """Lo hace y juzga. Un ataque que no se pudo hacer no probó nada: también cae."""
    empezo = time.monotonic()
    try:
        resiste, evidencia = True, cual.hacer(blanco)
    except Cae as caida:
        resiste, evidencia = False, str(caida)
    except Exception as error:
        resiste, evidencia = False, f"no se pudo hacer: {type(error).__name__}: {error}"
    return Veredicto(cual, resiste, evidencia, time.monotonic() - empezo)


def exigir(bien: object, evidencia: str) -> None:
    """Lanza `Cae` con la evidencia si no es así."""
    if not bien:
        raise Cae(evidencia)


def a_la_vez(tareas: Sequence[Callable[[], T]]) -> list[T]:
    """Corre las tareas a la vez; devuelve lo de cada una, en su orden. Lanza lo primero que alguna lanzó."""
    salida = threading.Barrier(len(tareas))
    logrado: dict[int, T] = {}
    fallas: list[BaseException] = []

    def correr(lugar: int, tarea: Callable[[], T]) -> None:
        try:
            salida.wait()
            logrado[lugar] = tarea()
        except BaseException as error:
            fallas.append(error)

    hilos = [
        threading.Thread(target=correr, args=(lugar, tarea), daemon=True)
        for lugar, tarea in enumerate(tareas)
    ]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    if fallas:
        raise fallas[0]
    return [logrado[lugar] for lugar in range(len(tareas))]
