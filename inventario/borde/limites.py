"""Cuántas solicitudes por minuto se atienden; la cuenta es común a todos los procesos (caché)."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from inventario.cuentas.models import ClaveApi
from inventario.nucleo.cache import sin_fallar

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
            quien, limite = f"anonimo:{self.get_ident(request)}", settings.LIMITE_ANONIMO
        self.espera_s = _contar(quien, limite)
        return self.espera_s is None

    def wait(self) -> float | None:
        return self.espera_s


def exigir_cupo_de_acceso(solicitud: Request, cuenta: str) -> None:
    """Cuenta los intentos de entrar a una cuenta desde una dirección, y los de la dirección a todas.

    Se juntan las dos cosas para que una oficina tras una sola dirección no se quede sin entrar.
    """
    direccion = BaseThrottle().get_ident(solicitud)
    # Lo que se teclea puede ser largo o llevar lo que sea: en la caché va su huella.
    huella = hashlib.sha256(cuenta.strip().lower().encode()).hexdigest()
    for quien, limite in (
        (f"acceso:{direccion}:{huella}", settings.LIMITE_DE_ACCESO),
        (f"acceso:{direccion}", settings.LIMITE_DE_ACCESO_POR_IP),
    ):
        espera_s = _contar(quien, limite)
        if espera_s is not None:
            raise Throttled(wait=espera_s)


def _contar(quien: str, limite: int) -> float | None:
    """Cuenta una solicitud; devuelve cuánto falta para la siguiente ventana si pasó del límite."""
    if limite <= 0:
        return None
    ahora = time.time()
    ventana = int(ahora // VENTANA_S)
    clave = f"limite:{ventana}:{quien}"
    van = 0
    # Sin caché se atiende igual: mejor servir de más que dejar de servir.
    with sin_fallar(f"contar el cupo de {quien}"):
        cache.add(clave, 0, timeout=VENTANA_S * 2)
        van = cache.incr(clave)
    return (ventana + 1) * VENTANA_S - ahora if van > limite else None
