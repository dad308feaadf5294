"""Lo que salió, sumado por lo que se pida."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from inventario.movimientos.models import Movimiento
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.sumas import SumaExacta
from inventario.reportes.informes.comun import UltimoInstante


@dataclass(slots=True)
class Suma:
    cantidad: Decimal = CERO
    costo: Decimal = CERO
    lineas: int = 0
    ultimo: datetime | None = None


def sumar(lineas: QuerySet[Movimiento], *claves: str) -> dict[tuple[Any, ...], Suma]:
    """Suma en positivo lo que salió, por esas claves, en una consulta."""
    sumas: defaultdict[tuple[Any, ...], Suma] = defaultdict(Suma)
    # Se suma por costo y se multiplica aquí: SQLite haría el producto en coma flotante.
    grupos: Any = (
        lineas.order_by()
        .values_list(*claves, "costo_unitario")
        .annotate(neto=SumaExacta("cantidad"), cuantas=Count("pk"), ultimo=UltimoInstante("fecha_efectiva"))
    )
    for *clave, costo, neto, cuantas, ultimo in grupos:
        total = sumas[tuple(clave)]
        total.cantidad -= neto
        total.costo -= neto * costo
        total.lineas += cuantas
        total.ultimo = ultimo if total.ultimo is None else max(total.ultimo, ultimo)
    return sumas
