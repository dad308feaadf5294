"""Al arrancar: que el módulo que responde por el libro sepa todo lo que el catálogo le pregunta."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from inventario.nucleo.enchufes import por_que_no_sirve
from inventario.productos.historia import Historia


@register("enchufes")
def revisar_historia(app_configs: Any, **_: Any) -> list[CheckMessage]:
    preguntas = [nombre for nombre in vars(Historia) if not nombre.startswith("_")]
    rutas = [f"{settings.HISTORIA_DE_PRODUCTO}.{nombre}" for nombre in preguntas]
    return [
        Error(f"HISTORIA_DE_PRODUCTO debe tener «{ruta}», que {motivo}.", id="productos.E001")
        for ruta in rutas
        if (motivo := por_que_no_sirve(ruta))
    ]
