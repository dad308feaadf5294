"""Lo que toda entrada con contraseña pasa antes de que se calcule su huella, sea página, admin o API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from inventario.cuentas.acceso import intentos
from inventario.cuentas.acceso.limites import Accion, exigir_cupo


class ConCupo:
    """Va detrás de axes, que explica mejor un paso ya cerrado, y delante de quien mira la contraseña."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> None:
        """No reconoce a nadie; lanza `CupoAgotado` si se insistió demasiado."""
        if request is not None and username is not None:
            exigir_entrada(request, username)


def exigir_entrada(peticion: HttpRequest, correo: str) -> None:
    """Gasta un intento de entrar a esa cuenta; lanza `CupoAgotado`."""
    exigir_cupo(Accion.ENTRAR, solicitud=peticion, cuenta=correo)
    intentos.exigir_sin_asedio(peticion, correo)
