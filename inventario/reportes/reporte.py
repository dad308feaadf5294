"""Qué es un reporte que se lleva a un archivo: su nombre, sus columnas, qué se le pide y cómo se lee."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from inventario.nucleo.errores import DatoInvalido
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Columna

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

Parametros = Mapping[str, Any]

TANDA = 2000
# Lo que pide todo reporte entre dos días.
RANGO: Mapping[str, Callable[[Any], Any]] = {"desde": date.fromisoformat, "hasta": date.fromisoformat}


@dataclass(frozen=True, slots=True)
class Tanda:
    """Unas filas seguidas; `total` es cuántas habrá en todo el reporte."""

    filas: Sequence[Any]
    total: int


Tandas = Callable[[Ambito, Parametros], Iterator[Tanda]]


@dataclass(frozen=True, slots=True)
class Reporte:
    """`tandas` lee de a partes: cada paso hace sus consultas y puede ir en su propia transacción.

    `tipos` dice cómo se lee cada parámetro de lo guardado en JSON; `suman`, de qué columnas se da el total.
    """

    clave: str
    titulo: str | StrPromise
    columnas: tuple[Columna, ...]
    tandas: Tandas
    tipos: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    obligatorios: frozenset[str] = frozenset()
    suman: tuple[str, ...] = ()

    def a_json(self, parametros: Parametros) -> dict[str, Any]:
        """Devuelve los parámetros como se guardan; lanza `DatoInvalido` si sobra o falta alguno."""
        for nombre in sorted(set(parametros) - set(self.tipos)):
            raise DatoInvalido(f"Este reporte no tiene el parámetro «{nombre}».", campo=nombre)
        for nombre in sorted(self.obligatorios - set(parametros)):
            raise DatoInvalido("Este dato es obligatorio.", campo=nombre, codigo="required")
        return {
            nombre: valor.isoformat() if isinstance(valor, date) else valor
            for nombre, valor in parametros.items()
        }

    def de_json(self, guardados: Parametros) -> dict[str, Any]:
        return {nombre: self.tipos[nombre](valor) for nombre, valor in guardados.items()}


def de_una_vez(leer: Callable[..., Sequence[Any]]) -> Tandas:
    """Da en tandas lo que se lee entero: cabe en memoria porque es por producto o por lote."""

    def tandas(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
        filas = leer(ambito, **parametros)
        for desde in range(0, len(filas), TANDA):
            yield Tanda(filas[desde : desde + TANDA], total=len(filas))

    return tandas
