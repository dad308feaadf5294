"""A qué bodegas llega quien pide: el único lugar que filtra por ello filas, sumas y documentos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q

from inventario.nucleo.errores import SinPermiso

if TYPE_CHECKING:
    from django.db.models import QuerySet

_Filas = TypeVar("_Filas", bound="QuerySet[Any, Any]")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Alcance:
    """Las bodegas que ve y toca quien pide; `None` es sin límite. Quien no llega a ninguna no entra."""

    bodegas: frozenset[int] | None = None

    def __post_init__(self) -> None:
        # Vacío se confundiría con «todas» en cuanto alguien preguntara si hay algo.
        assert self.bodegas is None or self.bodegas, "Un alcance limitado nombra al menos una bodega."

    @classmethod
    def de(cls, nombradas: Iterable[int]) -> Alcance:
        """El que se guarda así: no nombrar ninguna bodega es no limitar."""
        return cls(frozenset(nombradas) or None)

    @property
    def limitado(self) -> bool:
        return self.bodegas is not None

    @property
    def nombradas(self) -> list[int]:
        """Como se guarda, y como se distingue en una caché: en orden; vacío es sin límite."""
        return sorted(self.bodegas or ())

    def ve(self, bodega_id: int) -> bool:
        return self.bodegas is None or bodega_id in self.bodegas

    def exigir(self, bodega_id: int) -> None:
        """Una persona o clave limitada a unas bodegas no toca las demás; sin límite, todas."""
        if not self.ve(bodega_id):
            raise SinPermiso("No tiene acceso a esa bodega.")

    def solo(self, bodega_id: int | None) -> Alcance:
        """El mismo, nada más que en esa bodega; sin nombrarla, entero. Lanza `SinPermiso`."""
        if bodega_id is None:
            return self
        self.exigir(bodega_id)
        return Alcance(frozenset({bodega_id}))

    def abarca(self, otro: Alcance) -> bool:
        """Si ve todo lo que ve el otro."""
        return self.bodegas is None or (otro.bodegas is not None and self.bodegas >= otro.bodegas)

    def condicion(self, campo: str = "bodega") -> Q:
        """La condición de que `campo` nombre una de las suyas; sin límite no dice nada."""
        return Q() if self.bodegas is None else Q(**{f"{campo}__in": self.nombradas})

    def filtrar(self, filas: _Filas, campo: str = "bodega") -> _Filas:
        filtradas: _Filas = filas.filter(self.condicion(campo))
        return filtradas

    def acotar(self, por_bodega: Mapping[int, _V]) -> dict[int, _V]:
        """De lo repartido por bodega, lo de las suyas: lo que después se sume es solo eso."""
        return {pk: valor for pk, valor in por_bodega.items() if self.ve(pk)}


SIN_LIMITE = Alcance()
