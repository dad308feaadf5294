"""Lo que toda plantilla de página necesita para su marco."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from inventario.cuentas.models import Tema
from inventario.nucleo.actores import Actor
from inventario.panel.marco.navegacion import enlaces_de
from inventario.panel.marco.tema import tema_de


def marco(request: HttpRequest) -> dict[str, Any]:
    tema = tema_de(request)
    actor = getattr(request, "actor", None)
    return {
        "tema": tema.value,
        # Cuál es el del sistema lo sabe el navegador, que lo pone antes de dibujar.
        "tema_dibujado": "dark" if tema is Tema.OSCURO else "light",
        "enlaces": enlaces_de(request),
        "permisos": actor.permisos if isinstance(actor, Actor) else frozenset(),
    }
