"""Si hay un respaldo reciente y se sabe que sirve: de lo contrario se avisa (R-20)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from inventario.eventos.models import Corrida
from inventario.nucleo.reloj import Reloj

# Con qué nombre se anota cada corrida, y cuánto puede pasar entre dos: un día o una semana, y lo que tarde.
RESPALDAR, VERIFICAR = "respaldar", "verificar_respaldo"
PLAZOS = {RESPALDAR: timedelta(hours=26), VERIFICAR: timedelta(days=8)}


def ultimo_respaldo_hace(*, reloj: Reloj = timezone.now) -> timedelta | None:
    """Devuelve cuánto hace de la última corrida de `respaldar`; None si no consta ninguna."""
    corrida = Corrida.objects.filter(trabajo=RESPALDAR).first()
    return None if corrida is None else reloj() - corrida.empezo_en


def por_que_no_al_dia(*, reloj: Reloj = timezone.now) -> str:
    """Devuelve qué falló o qué no corre hace demasiado; vacío si todo está al día.

    Sale de lo anotado en la base, que ven todos los procesos. Lo que nunca corrió no se exige: en algunas
    instalaciones respalda otro.
    """
    for corrida in Corrida.objects.filter(trabajo__in=PLAZOS).order_by("trabajo"):
        if not corrida.bien:
            return f"La última corrida de «{corrida.trabajo}» terminó mal; el porqué, en el admin."
        if reloj() - corrida.empezo_en > PLAZOS[corrida.trabajo]:
            return (
                f"«{corrida.trabajo}» no corre desde {timezone.localtime(corrida.empezo_en):%Y-%m-%d %H:%M}."
            )
    return ""
