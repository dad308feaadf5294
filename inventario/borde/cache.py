"""Responder una lectura de memoria mientras nada de lo que muestra haya cambiado (§4.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.views import DeEmpresa
from inventario.nucleo import cache
from inventario.nucleo.cache import Familia
from inventario.nucleo.reloj import hoy_en

L = TypeVar("L", bound=Callable[..., Any])


def nunca(ahora: datetime) -> datetime | None:
    return None


def recordado(familia: Familia, *, cambia: Callable[[datetime], datetime | None] = nunca) -> Callable[[L], L]:
    """Recuerda lo que respondió ese GET hasta que se escriba algo de la familia, o por un plazo.

    `cambia` dice cuándo, después de ahora, la respuesta será otra sin que nadie escriba; el cambio de día
    ya se cuenta. Es solo para mostrar: lo que decide un despacho lee siempre la base.
    """

    def decorar(lectura: L) -> L:
        @wraps(lectura)
        def responder(vista: DeEmpresa, solicitud: Request, *args: Any, **kwargs: Any) -> Any:
            clave = _clave(vista, solicitud, familia) if settings.LECTURAS_DURAN_S else None
            if clave is None:
                return lectura(vista, solicitud, *args, **kwargs)
            ahora = timezone.now()
            guardado = cache.leer(clave)
            if guardado is not None:
                vale_hasta, cuerpo, cabeceras = guardado
                if ahora < vale_hasta:
                    return HttpResponse(cuerpo, headers=cabeceras)
            plazo = ahora + timedelta(seconds=settings.LECTURAS_DURAN_S)
            vale_hasta = min(plazo, cambia(ahora) or plazo)
            respuesta = lectura(vista, solicitud, *args, **kwargs)
            if isinstance(respuesta, Response) and respuesta.status_code == status.HTTP_200_OK:
                respuesta.add_post_render_callback(_al_armarse(clave, vale_hasta))
            return respuesta

        return cast("L", responder)

    return decorar


def _al_armarse(clave: str, vale_hasta: datetime) -> Callable[[Response], None]:
    def guardar(respuesta: Response) -> None:
        recordada = (vale_hasta, respuesta.content, dict(respuesta.items()))
        cache.guardar(clave, recordada, dura_s=settings.LECTURAS_DURAN_S)

    return guardar


def _clave(vista: DeEmpresa, solicitud: Request, familia: Familia) -> str | None:
    """Nombra la respuesta por todo lo que la decide; `None` si la caché no responde."""
    empresa = vista.actor.empresa
    version = cache.version_de(empresa.pk, familia)
    if version is None:
        return None
    decide = (
        # Entera, con el servidor: los enlaces a las otras páginas lo nombran.
        solicitud.build_absolute_uri(),
        solicitud.accepted_media_type,
        vista.actor.alcance.nombradas,
        hoy_en(empresa.zona_horaria, timezone.now()).isoformat(),
    )
    huella = hashlib.sha256(repr(decide).encode()).hexdigest()
    return f"inv:{empresa.pk}:{familia}:v{version}:{huella}"
