"""Hacer algo en cada empresa sin que el tropiezo de una deje sin atender a las demás."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from celery.exceptions import SoftTimeLimitExceeded

from inventario.cuentas.models import Empresa

registro = logging.getLogger(__name__)


class RondaIncompleta(Exception):
    """En alguna empresa no se pudo; el mensaje dice en cuáles y el registro dice por qué."""


def por_cada_empresa(hacer: Callable[[Empresa], object], empresas: Iterable[Empresa] | None = None) -> None:
    """Llama a `hacer` con cada empresa (todas, si no se dice cuáles).

    Lanza `RondaIncompleta` al final si alguna falló; las demás ya quedaron hechas.
    """
    fallaron = []
    # También las inactivas, si no se dijo otra cosa: lo que ya ocurrió en ellas se debe atender.
    for empresa in Empresa.objects.order_by("pk") if empresas is None else empresas:
        try:
            hacer(empresa)
        except SoftTimeLimitExceeded:
            # Se acabó el tiempo de la tarea: seguir con otra empresa es esperar a que la maten.
            raise
        except Exception:  # lo que falle en una empresa se anota y no detiene a las otras
            registro.exception("La ronda falló en la empresa %s", empresa.slug)
            fallaron.append(empresa.slug)
    if fallaron:
        raise RondaIncompleta(f"Falló en: {', '.join(fallaron)}.")
