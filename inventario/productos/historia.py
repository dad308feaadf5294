"""Lo que el catálogo necesita saber del libro, que está más arriba y no se importa.

Responde el módulo que diga `settings.HISTORIA_DE_PRODUCTO`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from django.conf import settings

if TYPE_CHECKING:
    from inventario.productos.models import Producto, Unidad


class Ataduras(NamedTuple):
    """Lo que todavía se apoya en un producto en una bodega: sus lotes con saldo y sus apartados vivos."""

    n_lotes: int
    n_apartados: int


class Historia(Protocol):
    def retener(self, producto: Producto) -> None:
        """Bloquea sus existencias, en orden: hasta el fin de la transacción nadie lo mueve.

        Va antes de retener el producto, que es el orden de todos.
        """

    def tiene_historia(self, producto: Producto) -> bool:
        """Con un solo lote, la unidad ya no se cambia: sus cantidades dirían otra cosa (decisión 22)."""

    def unidad_con_historia(self, unidad: Unidad) -> bool:
        """Si algún producto que se mide en ella la tiene."""

    def fisica_por_bodega(self, producto: Producto) -> dict[int, Decimal]: ...

    def movimientos_por_bodega(self, producto: Producto) -> dict[int, int]:
        """Cuántos lo nombran en cada bodega en que se movió."""

    def ataduras_por_bodega(self, producto: Producto, ahora: datetime) -> dict[int, Ataduras]:
        """Solo las bodegas en que algo todavía se apoya en él."""


def del_libro() -> Historia:
    return cast(Historia, import_module(settings.HISTORIA_DE_PRODUCTO))
