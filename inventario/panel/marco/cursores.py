"""Cómo va en la dirección de una página el lugar por el que se va en una lista larga.

Solo dice dónde seguir dentro de lo que la persona ya puede ver, así que no va firmado; uno mal escrito es
el comienzo.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from inventario.nucleo import cursor as nucleo
from inventario.nucleo.cursor import Lugar, Tramo
from inventario.nucleo.reloj import cabe

T = TypeVar("T", bound=Model)
_CURSOR = re.compile(r"([sa])~([^~]{0,40})~(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Orden:
    """Por un campo, que `leer` sabe leer de la dirección, y después por un id, los dos en el mismo sentido.

    `con_vacios` solo vale en orden ascendente: los vacíos van al final.
    """

    campo: str
    leer_campo: Callable[[str], Any]
    desempate: str = "pk"
    descendente: bool = False
    con_vacios: bool = False

    @property
    def solo_por_id(self) -> bool:
        return self.campo == self.desempate

    @property
    def en_la_base(self) -> nucleo.Orden:
        campos = (self.campo,) if self.solo_por_id else (self.campo, self.desempate)
        return nucleo.Orden(campos, self.descendente, self.con_vacios)

    def leer(self, cursor: str) -> Lugar | None:
        partes = _CURSOR.fullmatch(cursor)
        if partes is None:
            return None
        sentido, texto, pk = partes.groups()
        if self.solo_por_id:
            return Lugar((int(pk),), atras=sentido == "a")
        if not texto and not self.con_vacios:
            return None
        try:
            valor = self.leer_campo(texto) if texto else None
        except (ValueError, OverflowError):
            return None
        return Lugar((valor, int(pk)), atras=sentido == "a")

    def escribir(self, lugar: Lugar) -> str:
        *primero, pk = lugar.valores
        valor = primero[0] if primero else None
        texto = valor.isoformat() if isinstance(valor, date) else "" if valor is None else valor
        return f"{'a' if lugar.atras else 's'}~{texto}~{pk}"


def leer_dia(texto: str) -> date:
    dia = date.fromisoformat(texto)
    if not cabe(dia):
        raise ValueError(texto)
    return dia


def leer_momento(texto: str) -> datetime:
    momento = datetime.fromisoformat(texto)
    if momento.tzinfo is None or not cabe(momento.date()):
        raise ValueError(texto)
    return momento


RECIENTES = Orden("pk", int, descendente=True)


def tramo(filas: QuerySet[T], orden: Orden, *, cursor: str, limite: int) -> Tramo[T]:
    """Devuelve hasta `limite` filas en ese orden, desde donde dice el cursor. Una consulta."""
    return nucleo.tramo(filas, orden.en_la_base, cursor=cursor, limite=limite, escritura=orden)
