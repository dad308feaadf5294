"""De qué lotes sale el último costo de compra de un producto."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from inventario.lotes.models import DE_COMPRA, Lote
from inventario.movimientos.models import Movimiento, TipoMovimiento

if TYPE_CHECKING:
    from django.db.models import QuerySet


def lotes_comprados() -> QuerySet[Lote]:
    """Los lotes cuyo costo es el de una compra o recepción de verdad, el último primero.

    Los de un traslado no cuentan: su compra es la de su raíz, que ya está en la lista. Tampoco las
    entradas revertidas: su costo pudo ser el error.
    """
    revertida = Movimiento.objects.filter(
        lote=OuterRef("pk"), tipo=TipoMovimiento.ENTRADA, asiento__reverso__isnull=False
    )
    comprados: QuerySet[Lote] = Lote.objects.filter(
        ~Exists(revertida),
        procedencia__in=DE_COMPRA,
    )
    return comprados.order_by("-fecha_ingreso", "-pk")
