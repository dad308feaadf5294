"""Las cifras de lo que hay de un producto, en su unidad. Solo suman: no consultan nada."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from inventario.movimientos.reparto import libre
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.cantidades import CERO


@dataclass(frozen=True, slots=True)
class Cifras:
    """Lo que hay en una bodega. Utilizable es lo que ni venció ni está bloqueado."""

    fisica: Decimal = CERO
    utilizable: Decimal = CERO
    vencida: Decimal = CERO
    bloqueada: Decimal = CERO
    apartada: Decimal = CERO

    @property
    def disponible(self) -> Decimal:
        """Lo utilizable que nadie tiene apartado; nunca bajo cero (decisión 13)."""
        return libre(self.utilizable, self.apartada)


@dataclass(frozen=True, slots=True)
class EnBodega(Cifras):
    """Lo que hay en una bodega, y cuál es."""

    codigo: str = ""
    nombre: str = ""


@dataclass(frozen=True, slots=True)
class Disponibilidad:
    """Lo que hay en varias bodegas, que es la suma de lo de cada una; la principal va primero.

    También lo disponible: lo que en una se prometió de más no se cumple con lo libre de otra.
    """

    por_bodega: dict[int, EnBodega] = field(default_factory=dict)

    @property
    def bodegas(self) -> list[EnBodega]:
        return list(self.por_bodega.values())

    def en(self, alcance: Alcance) -> Disponibilidad:
        """Solo lo que ve ese alcance: también las sumas son de ello."""
        return Disponibilidad(alcance.acotar(self.por_bodega))

    @property
    def fisica(self) -> Decimal:
        return self._suma(lambda una: una.fisica)

    @property
    def utilizable(self) -> Decimal:
        return self._suma(lambda una: una.utilizable)

    @property
    def vencida(self) -> Decimal:
        return self._suma(lambda una: una.vencida)

    @property
    def bloqueada(self) -> Decimal:
        return self._suma(lambda una: una.bloqueada)

    @property
    def apartada(self) -> Decimal:
        return self._suma(lambda una: una.apartada)

    @property
    def disponible(self) -> Decimal:
        return self._suma(lambda una: una.disponible)

    def _suma(self, cifra: Callable[[Cifras], Decimal]) -> Decimal:
        return sum(map(cifra, self.por_bodega.values()), CERO)
