"""Lo que se perdió, por motivo: las mermas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models import Motivo, Movimiento, TipoMovimiento
from inventario.nucleo.cantidades import CERO
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.informes.comun import (
    DEL_PRODUCTO,
    ProductoNombrado,
    por_nombre,
    productos_de,
    revertida,
)
from inventario.reportes.informes.salidas import sumar
from inventario.reportes.reporte import RANGO, Reporte, de_una_vez


class FilaDeMerma(NamedTuple):
    """Lo que se perdió de un producto por un motivo; `costo` es exacto."""

    motivo: Motivo
    producto: ProductoNombrado
    cantidad: Decimal
    costo: Decimal
    lineas: int


@dataclass(frozen=True, slots=True)
class TotalDeMotivo:
    motivo: Motivo
    costo: Decimal
    lineas: int


@dataclass(frozen=True, slots=True)
class Mermas:
    """Lo más caro primero. `por_motivo` suma las filas de cada uno, también lo más caro primero."""

    desde: date
    hasta: date
    filas: list[FilaDeMerma]
    por_motivo: list[TotalDeMotivo]

    @property
    def costo(self) -> Decimal:
        return sum((fila.costo for fila in self.filas), CERO)


def mermas(ambito: Ambito, *, desde: date, hasta: date) -> Mermas:
    """Devuelve lo que se perdió entre esos dos días, ambos enteros, por motivo y producto. Tres consultas.

    Son los ajustes negativos que nadie revirtió: bajas, faltantes de conteo y correcciones.
    """
    inicio, fin = ambito.rango(desde, hasta)
    perdidas: QuerySet[Movimiento] = Movimiento.objects.filter(
        ~revertida(),
        tipo=TipoMovimiento.AJUSTE_NEGATIVO,
        fecha_efectiva__gte=inicio,
        fecha_efectiva__lt=fin,
        **ambito.filtro,
    )
    sumas = sumar(perdidas, "asiento__motivo", "producto_id")
    productos = productos_de({producto for _, producto in sumas})
    filas = [
        FilaDeMerma(Motivo(motivo), productos[producto], suma.cantidad, suma.costo, suma.lineas)
        for (motivo, producto), suma in sumas.items()
    ]
    filas.sort(key=lambda fila: (-fila.costo, fila.motivo, por_nombre(fila.producto)))
    por_motivo = [
        TotalDeMotivo(
            motivo, costo=sum((una.costo for una in suyas), CERO), lineas=sum(una.lineas for una in suyas)
        )
        for motivo in {fila.motivo for fila in filas}
        if (suyas := [fila for fila in filas if fila.motivo == motivo])
    ]
    por_motivo.sort(key=lambda total: (-total.costo, total.motivo))
    return Mermas(desde, hasta, filas, por_motivo)


COLUMNAS = (
    Columna("motivo", _("Motivo"), Clase.TEXTO, lambda fila: fila.motivo.value, Motivo),
    *DEL_PRODUCTO,
    Columna("cantidad", _("Cantidad"), Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo", _("Costo"), Clase.DINERO, lambda fila: fila.costo),
    Columna("lineas", _("Veces"), Clase.ENTERO, lambda fila: fila.lineas),
)

REPORTE = Reporte(
    "mermas",
    _("Mermas por motivo"),
    COLUMNAS,
    de_una_vez(lambda ambito, **pedido: mermas(ambito, **pedido).filas),
    RANGO,
    frozenset(RANGO),
    suman=("costo",),
)
