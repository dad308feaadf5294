"""Qué respaldos se guardan: siete días, cuatro semanas y doce meses (R-33)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

DIAS, SEMANAS, MESES = 7, 4, 12
_PLAZOS: tuple[tuple[int, Callable[[datetime], object]], ...] = (
    (DIAS, lambda cuando: cuando.date()),
    (SEMANAS, lambda cuando: cuando.isocalendar()[:2]),
    (MESES, lambda cuando: (cuando.year, cuando.month)),
)


def se_guardan(hay: Iterable[datetime]) -> set[datetime]:
    """Devuelve cuáles no se borran: el último de cada uno de los últimos días, semanas y meses que tengan.

    Cuenta los periodos con respaldo y no los del calendario: tras un mes sin correr no se pierde nada.
    """
    del_mas_nuevo = sorted(hay, reverse=True)
    guardados: set[datetime] = set()
    for cuantos, periodo_de in _PLAZOS:
        ultimos: dict[object, datetime] = {}
        for cuando in del_mas_nuevo:
            ultimos.setdefault(periodo_de(cuando), cuando)
        guardados.update(list(ultimos.values())[:cuantos])
    return guardados
