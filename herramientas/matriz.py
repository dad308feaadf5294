"""Cuánto de una matriz se prueba.

La matriz entera de valores malos corre en el campo que los rechaza. En cada borde, `make test` deja uno de
cada clase, que prueba que el campo está puesto, y `make test-todo` los deja todos.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeVar

from herramientas.reparto import todas

T = TypeVar("T")


def matriz(*clases: Sequence[T]) -> list[T]:
    """Devuelve el primer valor de cada clase; en `make test-todo`, todos."""
    return [valor for clase in clases for valor in (clase if todas() else clase[:1])]


def uno_de_cada(cuantos: int, valores: Iterable[T], *, desde: int = 0) -> list[T]:
    """Devuelve un valor de cada tantos, según desde dónde se cuente; en `make test-todo`, todos."""
    return list(valores) if todas() else list(islice(valores, desde % cuantos, None, cuantos))
