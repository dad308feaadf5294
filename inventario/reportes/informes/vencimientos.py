"""Lo que está por vencer (contrato E15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inventario.lotes.models import Lote
from inventario.nucleo.cantidades import CERO
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.informes.lotes import DEL_LOTE, con_lo_que_se_dice, que_vencen_hasta
from inventario.reportes.reporte import Reporte, de_una_vez

AVISO_DIAS = 30


@dataclass(frozen=True, slots=True)
class LotePorVencer:
    """Un lote con saldo; `dias` es negativo si ya venció y `valor` es exacto."""

    lote: Lote
    dias: int

    @property
    def valor(self) -> Decimal:
        return self.lote.saldo * self.lote.costo_unitario


@dataclass(frozen=True, slots=True)
class LotesPorVencer:
    filas: list[LotePorVencer]

    @property
    def valor(self) -> Decimal:
        return sum((fila.valor for fila in self.filas), CERO)


def lotes_por_vencer(
    ambito: Ambito, *, dias: int = AVISO_DIAS, incluir_vencidos: bool = False
) -> LotesPorVencer:
    """Devuelve los lotes con saldo que vencen de hoy a hoy + `dias`, ambos incluidos, en una consulta.

    Por vencimiento y luego por id. Sin fecha no vencen; los ya vencidos entran solo si se piden.
    """
    lotes = por_vencer(ambito, dias=dias, incluir_vencidos=incluir_vencidos)
    return LotesPorVencer(con_sus_dias(lotes, ambito.hoy))


def por_vencer(ambito: Ambito, *, dias: int = AVISO_DIAS, incluir_vencidos: bool = False) -> QuerySet[Lote]:
    """Los mismos lotes, en el mismo orden, sin leerlos: para ver solo una parte."""
    lotes = con_lo_que_se_dice(que_vencen_hasta(ambito, ambito.hoy + timedelta(days=dias)))
    if not incluir_vencidos:
        lotes = lotes.filter(vence_el__gte=ambito.hoy)
    return lotes.order_by("vence_el", "pk")


def con_sus_dias(lotes: Iterable[Lote], hoy: date) -> list[LotePorVencer]:
    return [LotePorVencer(lote, _faltan(lote, hoy)) for lote in lotes]


def _faltan(lote: Lote, hoy: date) -> int:
    assert lote.vence_el is not None, "Solo se leen lotes con vencimiento."
    return (lote.vence_el - hoy).days


COLUMNAS = (*DEL_LOTE, Columna("valor", _("Valor"), Clase.DINERO, lambda fila: fila.valor))
REPORTE = Reporte(
    "lotes-por-vencer",
    _("Lotes por vencer"),
    COLUMNAS,
    de_una_vez(lambda ambito, **pedido: lotes_por_vencer(ambito, **pedido).filas),
    {"dias": int, "incluir_vencidos": bool},
    suman=("valor",),
)
