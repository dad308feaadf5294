"""Lo que se pregunta de muchos lotes a la vez. Nada aquí escribe ni bloquea."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.lotes.querysets import LoteQuerySet
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import costo_total, cuantizar


def que_vencen(bodega: Bodega, *, hasta: date) -> LoteQuerySet:
    """Los que tienen saldo en la bodega y vencen hasta ese día, o ya vencieron; lo más urgente primero."""
    lotes = Lote.objects.con_saldo().filter(bodega=bodega, vence_el__lte=hasta)
    return lotes.select_related("producto__unidad", "proveedor").order_by("vence_el", "pk")


def valor_en(bodega: Bodega) -> Decimal:
    """Cuánto vale lo que queda en la bodega: cada saldo por su costo, exacto y sin redondear."""
    return valor_total(SIN_LIMITE.solo(bodega.pk))


def valor_total(alcance: Alcance = SIN_LIMITE) -> Decimal:
    """Cuánto vale lo que queda a la vista de ese alcance, exacto y sin redondear, en una consulta."""
    lotes = alcance.filtrar(Lote.objects.con_saldo())
    # Por costo, y no fila por fila: pocas filas, y el producto se hace aquí, que no pierde decimales.
    por_costo = lotes.order_by().values_list("costo_unitario").annotate(total=Sum("saldo"))
    return costo_total((cuantizar(total), costo) for costo, total in por_costo)
