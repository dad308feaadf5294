"""Los campos que se repiten en lo que llega y en lo que sale de las existencias."""

from __future__ import annotations

import re
import uuid
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inventario.biofloc.campos import Entero, Texto
from inventario.nucleo.cantidades import en_numero

LARGO_DE_NOTAS = 2000
LARGO_DE_REFERENCIA = 64
DIAS = 30

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}")


@extend_schema_field(
    {"oneOf": [{"type": "string", "maxLength": LARGO_DE_REFERENCIA}, {"type": "integer"}], "nullable": True}
)
class Referencia(Texto):
    """Id de otro sistema: entero o texto, se guarda como texto (D14). Un UUID, en su forma canónica."""

    def __init__(self, **opciones: Any) -> None:
        super().__init__(maximo=LARGO_DE_REFERENCIA, required=False, allow_null=True, **opciones)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, int) and not isinstance(data, bool):
            data = str(data)
        texto = super().to_internal_value(data)
        return str(uuid.UUID(texto)) if _UUID.fullmatch(texto) else texto


@extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
class Uuid(Texto):
    """UUID de otro sistema; sale en su forma canónica."""

    mensajes = {**Texto.mensajes, "uuid": "Input should be a valid UUID"}

    def __init__(self, **opciones: Any) -> None:
        super().__init__(maximo=64, required=False, allow_null=True, **opciones)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not _UUID.fullmatch(data.strip()):
            self.fail("uuid")
        return str(uuid.UUID(data.strip()))


class Cifra(serializers.FloatField):
    """Número de una respuesta que no siempre lo trae."""

    def to_representation(self, value: Any) -> int | float:  # type: ignore[override]  # entero si lo es
        return en_numero(value)


def opcional(maximo: int = LARGO_DE_NOTAS, *, multilinea: bool = False) -> Texto:
    """Un texto que puede faltar, venir vacío o ser nulo: las tres cosas dicen lo mismo."""
    return Texto(maximo=maximo, multilinea=multilinea, required=False, allow_null=True)


def notas() -> Texto:
    return opcional(multilinea=True)


def id_de_item() -> Entero:
    return Entero(minimo=1)


def dias(maximo: int = 365) -> Entero:
    return Entero(minimo=1, maximo=maximo, required=False, default=DIAS)


def pagina() -> Entero:
    return Entero(minimo=1, required=False, default=1)


ERRORES_DE_LISTA: dict[str, Any] = {
    "not_a_list": "Input should be a valid list",
    "empty": "List should have at least 1 item",
    "min_length": "List should have at least {min_length} item",
    "max_length": "List should have at most {max_length} items",
    "required": "Field required",
    "null": "Input should not be null",
    "invalid": "Input should be a valid dictionary",
}
