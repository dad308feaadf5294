"""Cuántas solicitudes por minuto se atienden. Cuánto se insiste en entrar: `cuentas/acceso/limites.py`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from inventario.cuentas.models import ClaveApi
from inventario.nucleo.contador import contar
from inventario.nucleo.direccion import origen_de

VENTANA_S = 60


class CupoPorMinuto(BaseThrottle):
    """El de quien llama, por su clave o su cuenta; el de quien no se identificó, por su dirección.

    Quien se identificó mal también cuenta por su dirección: adivinar claves gasta cupo. Uno de 0 es sin
    límite.
    """

    espera_s: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ClaveApi):
            quien, limite = f"clave:{request.auth.pk}", settings.LIMITE_POR_CLAVE
        elif request.user.is_authenticated:
            quien, limite = f"usuario:{request.user.pk}", settings.LIMITE_POR_CLAVE
        else:
            quien, limite = f"anonimo:{origen_de(request)}", settings.LIMITE_ANONIMO
        self.espera_s = contar(quien, limite, VENTANA_S)
        return self.espera_s is None

    def wait(self) -> float | None:
        return self.espera_s
