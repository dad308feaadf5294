"""De qué está hecha la página de un reporte: lo que se le pregunta, sus columnas, sus cifras y su gráfico."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from inventario.nucleo.cantidades import CERO, en_dinero
from inventario.panel.reportes.celdas import NUMEROS, Celda, celda
from inventario.panel.reportes.filtros import FiltroDeReporte
from inventario.panel.templatetags import formatos
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Columna
from inventario.reportes.indice import REPORTES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

POR_PAGINA = 25
EN_EL_GRAFICO = 10
Parametros = Mapping[str, Any]


class Cifra(NamedTuple):
    titulo: str
    texto: str
    es_dinero: bool = False


@dataclass(frozen=True, slots=True)
class Visto:
    """Un reporte listo para dibujar. `pagina` o `siguiente` dicen cómo continúa."""

    filas: Sequence[Any]
    total: int
    cifras: list[Cifra] = field(default_factory=list)
    grafico: dict[str, Any] | None = None
    # La tabla que dice lo mismo que el gráfico, cuando la principal no lo dice.
    resumen: list[Cifra] = field(default_factory=list)
    pagina: Any = None
    siguiente: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagina:
    """`columnas` son algunas de las del archivo; `imprescindible`, lo que nadie puede suponer.

    `a_trozos` da las filas del que lee de la base solo las de cada página: se ve siempre, y es su archivo
    el que puede ser largo.
    """

    clave: str
    explica: StrPromise
    dibujo: str
    filtro: type[FiltroDeReporte]
    columnas: tuple[str, ...]
    ver: Callable[[Ambito, Parametros, QueryDict], Visto]
    vacio: StrPromise
    del_grafico: StrPromise | str = ""
    imprescindible: str = ""
    a_trozos: Callable[..., QuerySet[Any]] | None = None

    @property
    def titulo(self) -> str | StrPromise:
        return REPORTES[self.clave].titulo

    @property
    def encabezados(self) -> list[tuple[str | StrPromise, bool]]:
        return [(una.titulo, una.clase in NUMEROS) for una in self._columnas()]

    def celdas(self, fila: Any) -> list[Celda]:
        return [celda(una, fila) for una in self._columnas()]

    def _columnas(self) -> list[Columna]:
        por_clave = {una.clave: una for una in REPORTES[self.clave].columnas}
        return [por_clave[clave] for clave in self.columnas]


def por_paginas(filas: Any, consulta: QueryDict, **otros: Any) -> Visto:
    hoja = Paginator(filas, POR_PAGINA).get_page(consulta.get("pagina"))
    return Visto(list(hoja.object_list), hoja.paginator.count, pagina=hoja, **otros)


def barras(nombre: str, pares: Iterable[tuple[str, Decimal]]) -> dict[str, Any]:
    """Lo que dibuja `graficos.js`."""
    puntos = list(pares)
    return {
        "tipo": "bar",
        "acostado": True,
        "etiquetas": [etiqueta for etiqueta, _valor in puntos],
        "series": [{"nombre": nombre, "datos": [float(valor) for _etiqueta, valor in puntos]}],
    }


def mas_caros(filas: Iterable[Any], valor: Callable[[Any], Decimal]) -> list[tuple[str, Decimal]]:
    """Los productos que más suman, en dinero."""
    sumas: dict[str, Decimal] = {}
    for fila in filas:
        producto = fila.producto if hasattr(fila, "producto") else fila.lote.producto
        sumas[producto.nombre] = sumas.get(producto.nombre, CERO) + valor(fila)
    mayores = sorted(sumas.items(), key=lambda par: -par[1])[:EN_EL_GRAFICO]
    return [(nombre, en_dinero(suma)) for nombre, suma in mayores]


def de_dinero(titulo: str, valor: Decimal) -> Cifra:
    return Cifra(titulo, formatos.dinero(valor), es_dinero=True)


def en_tabla(pares: Iterable[tuple[str, Decimal]]) -> list[Cifra]:
    return [de_dinero(nombre, valor) for nombre, valor in pares]
