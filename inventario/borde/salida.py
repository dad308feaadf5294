"""JSON de salida: los decimales salen como números, enteros si lo son (decisión 27)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


def en_numero(valor: Decimal) -> int | float:
    """Devuelve el número JSON. Es exacto: lo guardado tiene hasta 15 cifras, las que un flotante conserva."""
    return int(valor) if valor == valor.to_integral_value() else float(valor)


class CodificadorJson(JSONEncoder):
    def default(self, obj: Any) -> Any:
        if isinstance(obj, Decimal):
            return en_numero(obj)
        return super().default(obj)


class SalidaJson(JSONRenderer):
    encoder_class = CodificadorJson
