"""Lo que se puede recordar, escrito en JSON.

Nada de pickles: quien pudiera escribir en la caché correría su programa en la nuestra. Y nada de clases
nuestras: la versión que sigue puede haberlas mudado, y lo que guardó esta ya no se podría leer.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

Recordable: TypeAlias = (
    "str | bytes | int | bool | Decimal | date | Sequence[Recordable] | Mapping[str, Recordable] | None"
)

# Un objeto JSON lleva siempre una sola clave, que dice qué es: ningún mapa se confunde con una marca.
_LECTORES: dict[str, Callable[[Any], Any]] = {
    "bytes": base64.b64decode,
    "decimal": Decimal,
    "instante": datetime.fromisoformat,
    "fecha": date.fromisoformat,
    "mapa": lambda pares: {clave: _leido(valor) for clave, valor in pares.items()},
}


def escribir(valor: Recordable) -> bytes:
    """Devuelve el valor en JSON; una tupla vuelve como lista. Lanza `TypeError` si no es recordable."""
    return json.dumps(_escrito(valor), separators=(",", ":")).encode()


def leer(texto: bytes) -> Any:
    """Devuelve lo que `escribir` guardó. Lanza `ValueError` o `LookupError` si no lo guardó ella."""
    return _leido(json.loads(texto))


def _escrito(valor: Any) -> Any:
    # Por tipo exacto: una subclase (un texto seguro, un enumerado) volvería siendo otra cosa.
    tipo = type(valor)
    if valor is None or tipo in (str, int, bool):
        return valor
    if tipo is bytes:
        return {"bytes": base64.b64encode(valor).decode()}
    if tipo is Decimal:
        return {"decimal": str(valor)}
    if tipo is datetime:
        return {"instante": valor.isoformat()}
    if tipo is date:
        return {"fecha": valor.isoformat()}
    if tipo in (list, tuple):
        return [_escrito(uno) for uno in valor]
    if tipo is dict and all(type(clave) is str for clave in valor):
        return {"mapa": {clave: _escrito(uno) for clave, uno in valor.items()}}
    raise TypeError(f"No se puede recordar un {tipo.__name__}.")


def _leido(dato: Any) -> Any:
    if isinstance(dato, list):
        return [_leido(uno) for uno in dato]
    if isinstance(dato, dict):
        [(marca, valor)] = dato.items()
        return _LECTORES[marca](valor)
    return dato
