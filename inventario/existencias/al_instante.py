"""Cuánto había en un instante pasado, según las fechas efectivas.

Una suma de movimientos por tiempo efectivo, nunca un saldo guardado (decisión 10). No escribe ni bloquea.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from inventario.cuentas.models import Bodega
from inventario.movimientos.models import Movimiento
from inventario.movimientos.querysets import Clave
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import cuantizar
from inventario.productos.models import Producto


def existencias_al(
    instante: datetime,
    *,
    producto: Producto | None = None,
    productos: Iterable[int] | None = None,
    bodega: Bodega | None = None,
    alcance: Alcance = SIN_LIMITE,
) -> dict[Clave, Decimal]:
    """Cuánto había en cada producto y bodega en ese instante, incluido, según la fecha efectiva."""
    movimientos = alcance.filtrar(Movimiento.objects.filter(fecha_efectiva__lte=instante))
    if producto is not None:
        movimientos = movimientos.filter(producto=producto)
    if bodega is not None:
        movimientos = movimientos.filter(bodega=bodega)
    if productos is not None:
        movimientos = movimientos.filter(producto_id__in=list(productos))
    sumas = movimientos.order_by().values_list("producto_id", "bodega_id").annotate(total=Sum("cantidad"))
    return {Clave(producto_id, bodega_id): cuantizar(total) for producto_id, bodega_id, total in sumas}
