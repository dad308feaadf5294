"""Al arrancar: que lo enchufado desde arriba exista. Si no, se sabría al crear o al cerrar algo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from inventario.nucleo.enchufes import por_que_no_sirve

# Los que son listas de funciones; los eventos y la historia de un producto los revisa su app.
ENCHUFES = ("VERIFICACIONES_DE_LIBROS", "AL_CREAR_EMPRESA", "AL_CERRAR_BODEGA")


@register("enchufes")
def revisar_enchufes(app_configs: Any, **_: Any) -> list[CheckMessage]:
    return [
        Error(f"{ajuste} nombra «{ruta}», que {motivo}.", id="nucleo.E001")
        for ajuste in ENCHUFES
        for ruta in getattr(settings, ajuste)
        if (motivo := por_que_no_sirve(ruta))
    ]
