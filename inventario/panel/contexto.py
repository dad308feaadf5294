"""Lo que toda plantilla de página necesita para su marco."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from inventario.nucleo.actores import Actor
from inventario.panel.navegacion import enlaces_de

TEMAS = ("light", "dark", "auto")


def marco(request: HttpRequest) -> dict[str, Any]:
    tema = request.COOKIES.get("tema", "auto")
    actor = getattr(request, "actor", None)
    return {
        "tema": tema if tema in TEMAS else "auto",
        "enlaces": enlaces_de(request),
        "permisos": actor.permisos if isinstance(actor, Actor) else frozenset(),
    }
