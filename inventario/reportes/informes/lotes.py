"""Los lotes con saldo que vencen, con lo que los reportes dicen de ellos."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from inventario.lotes.models import Lote
from inventario.reportes.ambito import Ambito

# Ningún reporte las dice, y con miles de lotes leerlas es buena parte del tiempo.
SIN_LEER = (
    *("creado_en", "producto__creado_en", "producto__actualizado_en", "producto__precio"),
    *("producto__punto_reorden", "producto__unidad__creada_en", "producto__unidad__actualizada_en"),
)


def que_vencen_hasta(ambito: Ambito, dia: date) -> QuerySet[Lote]:
    lotes: QuerySet[Lote] = Lote.objects.con_saldo().filter(vence_el__lte=dia, **ambito.filtro)
    return lotes


def con_lo_que_se_dice(lotes: QuerySet[Lote]) -> QuerySet[Lote]:
    """Con el producto, la unidad y la bodega, que los dos reportes nombran."""
    return lotes.select_related("producto__unidad", "bodega").defer(*SIN_LEER)
