"""Cuántas solicitudes por minuto se atienden; la cuenta es común a todos los procesos (caché)."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from inventario.cuentas.models import ClaveApi
from inventario.nucleo.cache import sin_fallar

VENTANA_S = 60


def exigir_cupo(solicitud: Request) -> None:
    """Lanza `Throttled` si quien llama pasó su cupo del minuto. Un cupo de 0 es sin límite."""
    credencial = solicitud.auth
    if isinstance(credencial, ClaveApi):
        _contar(f"clave:{credencial.pk}", settings.LIMITE_POR_CLAVE)
    elif solicitud.user.is_authenticated:
        _contar(f"usuario:{solicitud.user.pk}", settings.LIMITE_POR_CLAVE)
    else:
        exigir_cupo_anonimo(solicitud)


def exigir_cupo_anonimo(solicitud: Request) -> None:
    """Cuenta por dirección a quien no se identificó o lo hizo mal: adivinar claves también gasta cupo."""
    _contar(f"anonimo:{BaseThrottle().get_ident(solicitud)}", settings.LIMITE_ANONIMO)


def exigir_cupo_de_acceso(solicitud: Request, cuenta: str) -> None:
    """Cuenta los intentos de entrar a una cuenta desde una dirección, y los de la dirección a todas.

    Se juntan las dos cosas para que una oficina tras una sola dirección no se quede sin entrar.
    """
    direccion = BaseThrottle().get_ident(solicitud)
    # Lo que se teclea puede ser largo o llevar lo que sea: en la caché va su huella.
    huella = hashlib.sha256(cuenta.strip().lower().encode()).hexdigest()
    _contar(f"acceso:{direccion}:{huella}", settings.LIMITE_DE_ACCESO)
    _contar(f"acceso:{direccion}", settings.LIMITE_DE_ACCESO_POR_IP)


def _contar(quien: str, limite: int) -> None:
    if limite <= 0:
        return
    ahora = time.time()
    ventana = int(ahora // VENTANA_S)
    clave = f"limite:{ventana}:{quien}"
    van = 0
    # Sin caché se atiende igual: mejor servir de más que dejar de servir.
    with sin_fallar(f"contar el cupo de {quien}"):
        cache.add(clave, 0, timeout=VENTANA_S * 2)
        van = cache.incr(clave)
    if van > limite:
        raise Throttled(wait=(ventana + 1) * VENTANA_S - ahora)
