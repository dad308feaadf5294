"""Desde dónde se mira un reporte: la hora, la zona de la empresa y las bodegas al alcance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.reloj import fin_del_dia, hoy_en, inicio_del_dia


@dataclass(frozen=True, slots=True)
class Ambito:
    """Los días son los de la zona de la empresa."""

    zona: str
    ahora: datetime
    alcance: Alcance = SIN_LIMITE

    @property
    def hoy(self) -> date:
        return hoy_en(self.zona, self.ahora)

    def rango(self, desde: date, hasta: date) -> tuple[datetime, datetime]:
        """Devuelve los instantes de [desde, hasta], el último día entero: el segundo no se incluye."""
        return inicio_del_dia(desde, self.zona), fin_del_dia(hasta, self.zona)

    def ultimos(self, dias: int) -> tuple[datetime, datetime]:
        """Devuelve los instantes de los `dias` completos anteriores a hoy: hoy todavía no termina."""
        return self.rango(self.hoy - timedelta(days=dias), self.hoy - timedelta(days=1))


def ambito_de(actor: Actor, *, ahora: datetime | None = None, bodega: int | None = None) -> Ambito:
    """El ámbito de quien pregunta; con `bodega`, solo esa.

    Lanza `SinPermiso` si está limitado a otras bodegas.
    """
    return Ambito(actor.empresa.zona_horaria, ahora or timezone.now(), actor.alcance.solo(bodega))
