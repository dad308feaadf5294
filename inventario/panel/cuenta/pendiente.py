"""Quien debe cambiar su contraseña no hace nada más hasta que la cambia."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from inventario.cuentas.acceso.middleware import FUERA
from inventario.cuentas.models import Usuario
from inventario.panel.marco.pagina import ir_a

# Además de lo que no es de ninguna empresa: salir, entrar, los archivos. La API lo exige ella misma.
PERMITIDAS = ("panel:contrasena", "set_language")


class ContrasenaPendiente:
    """Lleva a cambiarla desde cualquier página o del admin, con htmx o sin él, y de ahí de vuelta."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        vista: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path.startswith(FUERA) or not isinstance(request.user, Usuario):
            return None
        coincidencia = request.resolver_match
        nombre = coincidencia.view_name if coincidencia is not None else ""
        if not request.user.debe_cambiar_contrasena or nombre in PERMITIDAS:
            return None
        destino = reverse("panel:contrasena")
        if request.method == "GET":
            destino += f"?{urlencode({'siguiente': request.get_full_path()})}"
        return ir_a(request, destino)
