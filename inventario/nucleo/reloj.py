"""El reloj se inyecta: las reglas no preguntan la hora a escondidas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Reloj = Callable[[], datetime]

# Fuera de aquí un día con su zona puede no caber en el calendario al pasarlo a UTC.
PRIMER_DIA = date(1900, 1, 1)
ULTIMO_DIA = date(2200, 12, 31)


def cabe(dia: date) -> bool:
    """Dice si del día se puede calcular un instante en cualquier zona."""
    return PRIMER_DIA <= dia <= ULTIMO_DIA


def hoy_en(zona: str, ahora: datetime) -> date:
    """Devuelve la fecha local de `ahora` en la zona horaria de la empresa."""
    return ahora.astimezone(ZoneInfo(zona)).date()


def inicio_del_dia(dia: date, zona: str) -> datetime:
    """Devuelve el primer instante del día local, con zona."""
    return datetime.combine(dia, time.min, tzinfo=ZoneInfo(zona))


def fin_del_dia(dia: date, zona: str) -> datetime:
    """Devuelve el primer instante del día siguiente: cota superior que no se incluye."""
    return inicio_del_dia(dia + timedelta(days=1), zona)
