"""Páginas de listas largas: siguen desde la última fila vista, sin contar ni saltar.

La dirección lleva el lugar (`cursor`). Solo dice dónde seguir dentro de lo que la persona ya puede ver,
así que no va firmado; uno mal escrito es el comienzo.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet

from inventario.nucleo.reloj import PRIMER_DIA, ULTIMO_DIA

T = TypeVar("T", bound=Model)
_CURSOR = re.compile(r"([sa])~([^~]{0,40})~(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Tramo(Generic[T]):
    """Unas filas, y los cursores de las de antes y las de después; vacíos si no las hay."""

    filas: list[T]
    anterior: str = ""
    siguiente: str = ""


@dataclass(frozen=True, slots=True)
class Orden:
    """Por un campo y después por un id, los dos en el mismo sentido; los vacíos van al final.

    `con_vacios` solo vale en orden ascendente.
    """

    campo: str
    leer: Callable[[str], Any]
    desempate: str = "pk"
    descendente: bool = False
    con_vacios: bool = False


def leer_dia(texto: str) -> date:
    dia = date.fromisoformat(texto)
    if not PRIMER_DIA <= dia <= ULTIMO_DIA:
        raise ValueError(texto)
    return dia


def leer_momento(texto: str) -> datetime:
    momento = datetime.fromisoformat(texto)
    if momento.tzinfo is None or not PRIMER_DIA <= momento.date() <= ULTIMO_DIA:
        raise ValueError(texto)
    return momento


RECIENTES = Orden("pk", int, descendente=True)


def tramo(filas: QuerySet[T], orden: Orden, *, cursor: str, limite: int) -> Tramo[T]:
    """Devuelve hasta `limite` filas en ese orden, desde donde dice el cursor. Una consulta."""
    lugar, atras = _leer(cursor, orden)
    descendente = orden.descendente != atras
    ordenadas = filas.order_by(*_sentido(orden, descendente))
    if lugar is not None:
        ordenadas = ordenadas.filter(_despues(orden, *lugar, atras=atras, descendente=descendente))
    leidas = list(ordenadas[: limite + 1])
    sobra, leidas = len(leidas) > limite, leidas[:limite]
    if atras:
        leidas.reverse()
    if not leidas:
        return Tramo([])
    hay_antes = lugar is not None and (sobra or not atras)
    hay_despues = sobra or atras
    return Tramo(
        leidas,
        anterior=_escribir("a", orden, leidas[0]) if hay_antes else "",
        siguiente=_escribir("s", orden, leidas[-1]) if hay_despues else "",
    )


def _sentido(orden: Orden, descendente: bool) -> list[Any]:
    if orden.campo == orden.desempate:
        return ["-pk" if descendente else "pk"]
    campo = F(orden.campo)
    if orden.con_vacios:
        # SQLite pondría los vacíos al revés que PostgreSQL.
        primero = campo.desc(nulls_first=True) if descendente else campo.asc(nulls_last=True)
    else:
        primero = campo.desc() if descendente else campo.asc()
    return [primero, f"-{orden.desempate}" if descendente else orden.desempate]


def _despues(orden: Orden, valor: Any, pk: int, *, atras: bool, descendente: bool) -> Q:
    signo = "lt" if descendente else "gt"
    por_id = Q(**{f"{orden.desempate}__{signo}": pk})
    if orden.campo == orden.desempate:
        return por_id
    vacio = Q(**{f"{orden.campo}__isnull": True})
    if valor is None:
        return (~vacio | por_id) if atras else (vacio & por_id)
    empate = Q(**{orden.campo: valor}) & por_id
    # La cota sobre el primer campo sobra en la lógica, pero es la que el índice sabe usar.
    siguen = Q(**{f"{orden.campo}__{signo}e": valor}) & (Q(**{f"{orden.campo}__{signo}": valor}) | empate)
    return siguen | vacio if orden.con_vacios and not atras else siguen


def _leer(cursor: str, orden: Orden) -> tuple[tuple[Any, int] | None, bool]:
    partes = _CURSOR.fullmatch(cursor)
    if partes is None:
        return None, False
    sentido, texto, pk = partes.groups()
    if orden.campo == orden.desempate:
        return (None, int(pk)), sentido == "a"
    if not texto and not orden.con_vacios:
        return None, False
    try:
        valor = orden.leer(texto) if texto else None
    except (ValueError, OverflowError):
        return None, False
    return (valor, int(pk)), sentido == "a"


def _escribir(sentido: str, orden: Orden, fila: Model) -> str:
    valor = "" if orden.campo == orden.desempate else _dato(fila, orden.campo)
    if isinstance(valor, date):
        valor = valor.isoformat()
    return f"{sentido}~{'' if valor is None else valor}~{_dato(fila, orden.desempate)}"


def _dato(fila: Any, camino: str) -> Any:
    for parte in camino.split("__"):
        fila = getattr(fila, parte)
    return fila
