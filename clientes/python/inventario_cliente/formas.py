"""Entre JSON y dataclasses: los números son `Decimal`, las fechas fechas y los instantes llevan zona.

Una clave que este cliente no conoce se ignora: el servidor puede crecer sin romper a nadie. Una que
falta toma su valor por omisión y, si no lo tiene, es un error que la nombra.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from inventario_cliente.errores import RespuestaIlegible

T = TypeVar("T")

# Un flotante trae basura en su cifra 16.ª; el servidor admite cuatro decimales y no redondea nada.
CIFRAS_DE_FLOTANTE = 10


def leer_json(texto: bytes | str) -> Any:
    """Analiza JSON sin pasar ningún número por coma flotante; lanza `ValueError`."""
    return json.loads(texto, parse_float=Decimal)


def escribir_json(dato: Any) -> bytes:
    return json.dumps(dato, default=_en_json, ensure_ascii=False, separators=(",", ":")).encode()


def decimal_de(valor: Decimal | int | float | str) -> Decimal:
    """Devuelve la cantidad exacta; a un flotante le quita el ruido binario (0.1 + 0.2 es 0.3).

    Lanza `ValueError` si no es un número finito.
    """
    if isinstance(valor, bool):
        raise ValueError(f"{valor!r} no es una cantidad.")
    if isinstance(valor, float):
        valor = repr(round(valor, CIFRAS_DE_FLOTANTE))
    try:
        exacto = Decimal(valor)
    except InvalidOperation as error:
        raise ValueError(f"{valor!r} no es una cantidad.") from error
    if not exacto.is_finite():
        raise ValueError(f"{valor!r} no es una cantidad.")
    return exacto


def decodificar(tipo: type[T], dato: Any) -> T:
    """Arma `tipo` (dataclass, lista, opcional, número, fecha…) con lo que vino; lanza `RespuestaIlegible`."""
    resultado: T = _leer(tipo, dato, "")
    return resultado


def _leer(tipo: Any, dato: Any, donde: str) -> Any:
    origen = get_origin(tipo)
    if origen in (Union, types.UnionType):
        return _leer_opcional(tipo, dato, donde)
    if origen is list:
        if not isinstance(dato, list):
            raise _mal(donde, "una lista", dato)
        (uno,) = get_args(tipo)
        return [_leer(uno, valor, f"{donde}[{i}]") for i, valor in enumerate(dato)]
    if origen is dict:
        if not isinstance(dato, Mapping):
            raise _mal(donde, "un objeto", dato)
        return dict(dato)
    if tipo is Any:
        return dato
    if dataclasses.is_dataclass(tipo):
        return _leer_objeto(tipo, dato, donde)
    return _leer_simple(tipo, dato, donde)


def _leer_opcional(tipo: Any, dato: Any, donde: str) -> Any:
    partes = [parte for parte in get_args(tipo) if parte is not type(None)]
    if dato is None and type(None) in get_args(tipo):
        return None
    errores = []
    for parte in partes:
        try:
            return _leer(parte, dato, donde)
        except RespuestaIlegible as error:
            errores.append(error)
    raise errores[0]


def _leer_objeto(tipo: Any, dato: Any, donde: str) -> Any:
    if not isinstance(dato, Mapping):
        raise _mal(donde, "un objeto", dato)
    tipos = _tipos_de(tipo)
    valores = {}
    for campo in dataclasses.fields(tipo):
        ruta = f"{donde}.{campo.name}" if donde else campo.name
        if campo.name in dato:
            valores[campo.name] = _leer(tipos[campo.name], dato[campo.name], ruta)
        elif campo.default is dataclasses.MISSING and campo.default_factory is dataclasses.MISSING:
            raise RespuestaIlegible(f"La respuesta no trae «{ruta}».")
    return tipo(**valores)


@functools.cache
def _tipos_de(tipo: Any) -> dict[str, Any]:
    return get_type_hints(tipo)


def _leer_simple(tipo: Any, dato: Any, donde: str) -> Any:
    if tipo is bool or isinstance(dato, bool):
        if tipo is bool and isinstance(dato, bool):
            return dato
        raise _mal(donde, tipo.__name__, dato)
    try:
        if tipo is Decimal and isinstance(dato, int | str | Decimal):
            return Decimal(dato)
        if tipo is int and isinstance(dato, int):
            return dato
        if tipo is str and isinstance(dato, str):
            return dato
        if tipo is datetime and isinstance(dato, str):
            return datetime.fromisoformat(dato)
        if tipo is date and isinstance(dato, str):
            return date.fromisoformat(dato)
        if tipo is UUID and isinstance(dato, str):
            return UUID(dato)
    except (ValueError, InvalidOperation) as error:
        raise _mal(donde, tipo.__name__, dato) from error
    raise _mal(donde, tipo.__name__, dato)


def _mal(donde: str, esperado: str, dato: Any) -> RespuestaIlegible:
    return RespuestaIlegible(
        f"En «{donde or 'la respuesta'}» se esperaba {esperado} y vino {type(dato).__name__}."
    )


def _en_json(valor: Any) -> Any:
    if isinstance(valor, Decimal):
        # Como texto: ningún intermediario puede volverlo coma flotante. Y sin ceros de más: 5.5 y 5.50 son
        # la misma petición también para quien compara lo que se mandó con una clave de idempotencia.
        return f"{valor.normalize():f}"
    if isinstance(valor, date | datetime):
        return valor.isoformat()
    if isinstance(valor, UUID):
        return str(valor)
    if isinstance(valor, Enum):
        return valor.value
    raise TypeError(f"No se puede mandar un {type(valor).__name__}.")
