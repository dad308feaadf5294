"""JSON de salida: los decimales salen como números, enteros si lo son (decisión 27)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

from inventario.nucleo.cantidades import en_numero


class CodificadorJson(JSONEncoder):
    def default(self, obj: Any) -> Any:
        if isinstance(obj, Decimal):
            return en_numero(obj)
        return super().default(obj)


class SalidaJson(JSONRenderer):
    encoder_class = CodificadorJson
