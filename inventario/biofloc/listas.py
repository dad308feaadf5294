"""Las listas que el contrato da enteras, cuando se piden por páginas (D36)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from inventario.biofloc.campos import Consulta, Entero

T = TypeVar("T")
TOPE_DE_LISTA = 1000


class PaginaOpcional(Consulta):
    """Para las listas que el contrato da enteras: sin pedir página, hasta mil."""

    page = Entero(minimo=1, required=False)
    limit = Entero(minimo=1, maximo=TOPE_DE_LISTA, required=False)


def recortar(filas: Sequence[T], filtro: Mapping[str, Any]) -> Sequence[T]:
    """Devuelve la página pedida de una lista que el contrato da entera; sin pedirla, hasta el tope (D36)."""
    limite: int = filtro.get("limit", TOPE_DE_LISTA)
    desde = (filtro.get("page", 1) - 1) * limite
    return filas[desde : desde + limite]
