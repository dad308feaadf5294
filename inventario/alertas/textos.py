"""Cómo se llama cada alerta y qué se hace con ella: lo dicen igual la página, el inicio y el correo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from inventario.alertas.models import TipoAlerta

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Texto:
    """`nombre` y `consejo` tienen singular y plural; `en_orden` se dice cuando no hay ninguna."""

    nombre: StrPromise
    consejo: StrPromise
    en_orden: StrPromise

    def titulo(self, cuantas: int) -> str:
        return self.nombre % cuantas

    def que_hacer(self, cuantas: int) -> str:
        return self.consejo % cuantas


# En el orden en que conviene atenderlas: lo que ya es un problema, antes que lo que puede serlo.
TEXTOS = {
    TipoAlerta.VENCIDO: Texto(
        ngettext_lazy("Lote vencido", "Lotes vencidos"),
        ngettext_lazy(
            "Sepárelo y déle de baja como merma: ya no sale por despacho.",
            "Sepárelos y déles de baja como merma: ya no salen por despacho.",
        ),
        _("No queda nada vencido en bodega."),
    ),
    TipoAlerta.RESERVA_SIN_RESPALDO: Texto(
        ngettext_lazy("Reserva sin respaldo", "Reservas sin respaldo"),
        ngettext_lazy(
            "Reponga, traslade desde otra bodega o cancélela si no se va a usar.",
            "Reponga, traslade desde otra bodega o cancele las que no se vayan a usar.",
        ),
        _("Todo lo reservado se puede cumplir."),
    ),
    TipoAlerta.STOCK_MINIMO: Texto(
        ngettext_lazy("Producto bajo el mínimo", "Productos bajo el mínimo"),
        ngettext_lazy(
            "Pida más, o baje el mínimo si ya no corresponde.",
            "Pida más, o baje los mínimos que ya no correspondan.",
        ),
        _("Hay suficiente de todo."),
    ),
    TipoAlerta.POR_VENCER: Texto(
        ngettext_lazy("Lote por vencer", "Lotes por vencer"),
        ngettext_lazy(
            "Úselo primero: el despacho FEFO ya lo hace si no se nombra otro lote.",
            "Úselos primero: el despacho FEFO ya lo hace si no se nombra otro lote.",
        ),
        _("Ningún lote vence en estos días."),
    ),
}
