"""Recorrer una lista larga por tramos: se sigue desde la última fila vista, sin contar ni saltar.

Filas nuevas no repiten ni esconden otras, y el último tramo cuesta lo mismo que el primero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import F, Q, QuerySet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Orden:
    """Por unos campos inmutables, todos en el mismo sentido; el último no se repite.

    Con `con_vacios`, que solo vale en orden ascendente, el primero puede faltar: los vacíos van al final.
    """

    campos: tuple[str, ...]
    descendente: bool = False
    con_vacios: bool = False


@dataclass(frozen=True, slots=True)
class Lugar:
    """Desde qué fila se sigue (lo que tiene en los campos del orden) y hacia dónde."""

    valores: tuple[Any, ...]
    atras: bool = False


class Escritura(Protocol):
    """Cómo va un lugar en una dirección."""

    def leer(self, cursor: str) -> Lugar | None:
        """Devuelve el lugar; `None`, el comienzo."""

    def escribir(self, lugar: Lugar) -> str: ...


@dataclass(frozen=True, slots=True)
class Tramo(Generic[T]):
    """Unas filas, y los cursores de las de antes y las de después; vacíos si no las hay."""

    filas: list[T]
    anterior: str = ""
    siguiente: str = ""


def tramo(
    filas: QuerySet[Any, T], orden: Orden, *, cursor: str, limite: int, escritura: Escritura
) -> Tramo[T]:
    """Devuelve hasta `limite` filas en ese orden, desde donde dice el cursor. Una consulta."""
    lugar = escritura.leer(cursor)
    atras = lugar is not None and lugar.atras
    descendente = orden.descendente != atras
    ordenadas = filas.order_by(*_sentido(orden, descendente))
    if lugar is not None:
        ordenadas = ordenadas.filter(_despues(orden, lugar, "lt" if descendente else "gt"))
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
        anterior=escritura.escribir(Lugar(_valores(leidas[0], orden), atras=True)) if hay_antes else "",
        siguiente=escritura.escribir(Lugar(_valores(leidas[-1], orden))) if hay_despues else "",
    )


def _sentido(orden: Orden, descendente: bool) -> list[Any]:
    sentido: list[Any] = [f"-{campo}" if descendente else campo for campo in orden.campos]
    if orden.con_vacios:
        # SQLite pondría los vacíos al revés que PostgreSQL.
        primero = F(orden.campos[0])
        sentido[0] = primero.desc(nulls_first=True) if descendente else primero.asc(nulls_last=True)
    return sentido


def _despues(orden: Orden, lugar: Lugar, signo: str) -> Q:
    siguen = _siguen(orden.campos, lugar.valores, signo)
    if not orden.con_vacios:
        return siguen
    vacio = Q(**{f"{orden.campos[0]}__isnull": True})
    if lugar.valores[0] is not None:
        return siguen if lugar.atras else siguen | vacio
    resto = _siguen(orden.campos[1:], lugar.valores[1:], signo)
    return ~vacio | resto if lugar.atras else vacio & resto


def _siguen(campos: Sequence[str], valores: Sequence[Any], signo: str) -> Q:
    """Devuelve «(a, b) > (x, y)» en una forma que los dos motores resuelven con el índice."""
    primero, valor = campos[0], valores[0]
    mas_alla = Q(**{f"{primero}__{signo}": valor})
    if len(campos) == 1:
        return mas_alla
    empate = Q(**{primero: valor}) & _siguen(campos[1:], valores[1:], signo)
    # La cota sobre el primer campo sobra en la lógica, pero es la que el índice sabe usar.
    return Q(**{f"{primero}__{signo}e": valor}) & (mas_alla | empate)


def _valores(fila: Any, orden: Orden) -> tuple[Any, ...]:
    return tuple(_dato(fila, campo) for campo in orden.campos)


def _dato(fila: Any, camino: str) -> Any:
    if isinstance(fila, dict):
        return fila[camino]
    for parte in camino.split("__"):
        fila = getattr(fila, parte)
    return fila
