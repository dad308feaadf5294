"""Lo que se guarda de un antes y un después: legible, acotado y sin secretos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from inventario.nucleo.cantidades import legible

TEXTO_MAXIMO = 500
ELEMENTOS_MAXIMO = 50
OCULTO = "•••"
# Por si alguien pasa un formulario entero: su valor no se guarda, que cambió sí.
_SECRETOS = ("contrasena", "password", "huella", "secreto", "token", "semilla")

Valores = Mapping[str, Any]


def diferencia(antes: Valores, despues: Valores) -> tuple[dict[str, Any], dict[str, Any]]:
    """Devuelve ambos ya normalizados; si hay de los dos, solo lo que difiere entre ellos."""
    viejo, nuevo = normalizar(antes), normalizar(despues)
    if not viejo or not nuevo:
        return viejo, nuevo
    # Dos secretos distintos se ven iguales una vez ocultos: se comparan como llegaron.
    cambian = [c for c in {**antes, **despues} if antes.get(c) != despues.get(c)][:ELEMENTOS_MAXIMO]
    return (
        {campo: viejo[campo] for campo in cambian if campo in viejo},
        {campo: nuevo[campo] for campo in cambian if campo in nuevo},
    )


def normalizar(valores: Valores) -> dict[str, Any]:
    """Devuelve los valores como textos, números y listas que JSON guarda en cualquier motor."""
    return {
        campo: OCULTO if _es_secreto(campo) and valor else _normal(valor)
        for campo, valor in list(valores.items())[:ELEMENTOS_MAXIMO]
    }


def _es_secreto(campo: str) -> bool:
    return any(secreto in campo.lower() for secreto in _SECRETOS)


def _normal(valor: Any) -> Any:
    match valor:
        case None | bool() | int():
            return valor
        case Decimal():
            return legible(valor) if valor.is_finite() else str(valor)
        case datetime() | date():
            return valor.isoformat()
        case UUID() | models.Model():
            return str(valor)[:TEXTO_MAXIMO]
        case Mapping():
            return normalizar({str(campo): suyo for campo, suyo in valor.items()})
        case str():
            return _recortar(valor)
        case Iterable():
            return [_normal(uno) for uno, _ in zip(valor, range(ELEMENTOS_MAXIMO), strict=False)]
        case _:
            return _recortar(str(valor))


def _recortar(texto: str) -> str:
    # PostgreSQL no guarda el carácter nulo ni dentro de un JSON.
    texto = texto.replace("\x00", "")
    return texto if len(texto) <= TEXTO_MAXIMO else f"{texto[: TEXTO_MAXIMO - 1]}…"
