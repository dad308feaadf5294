"""Lo que usó cada módulo y cada tanque."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from inventario.nucleo.cantidades import CERO
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.informes.comun import (
    DEL_PRODUCTO,
    ProductoNombrado,
    por_nombre,
    productos_de,
    salidas_firmes,
)
from inventario.reportes.informes.salidas import sumar
from inventario.reportes.reporte import RANGO, Reporte, de_una_vez


class FilaDeConsumo(NamedTuple):
    """Lo que un módulo usó de un producto en un tanque; vacíos si no se dijo cuál."""

    modulo: str
    tanque: str
    producto: ProductoNombrado
    cantidad: Decimal
    costo: Decimal
    lineas: int
    ultimo: datetime


@dataclass(frozen=True, slots=True)
class TotalDeModulo:
    modulo: str
    costo: Decimal
    lineas: int


@dataclass(frozen=True, slots=True)
class ConsumoPorModulo:
    """Por módulo, tanque y nombre del producto; lo que salió sin módulo va primero, con el módulo vacío."""

    desde: date
    hasta: date
    filas: list[FilaDeConsumo]
    por_modulo: list[TotalDeModulo]

    @property
    def costo(self) -> Decimal:
        return sum((fila.costo for fila in self.filas), CERO)


def consumo_por_modulo(
    ambito: Ambito, *, desde: date, hasta: date, modulo: str | None = None
) -> ConsumoPorModulo:
    """Devuelve lo usado entre esos dos días, ambos enteros, por módulo, tanque y producto. Tres consultas.

    Con `modulo`, solo el suyo («» es lo que salió sin módulo). Lo que se revirtió no se consumió.
    """
    inicio, fin = ambito.rango(desde, hasta)
    usos = salidas_firmes(fecha_efectiva__gte=inicio, fecha_efectiva__lt=fin, **ambito.filtro)
    if modulo is not None:
        usos = usos.filter(asiento__modulo=modulo)
    sumas = sumar(usos, "asiento__modulo", "asiento__tanque", "producto_id")
    productos = productos_de({producto for *_, producto in sumas})
    filas = [
        FilaDeConsumo(
            de_modulo, tanque, productos[producto], suma.cantidad, suma.costo, suma.lineas, suma.ultimo
        )
        for (de_modulo, tanque, producto), suma in sumas.items()
        if suma.ultimo is not None
    ]
    filas.sort(key=lambda fila: (fila.modulo, fila.tanque, por_nombre(fila.producto)))
    por_modulo = [
        TotalDeModulo(
            uno, costo=sum((una.costo for una in suyas), CERO), lineas=sum(una.lineas for una in suyas)
        )
        for uno in sorted({fila.modulo for fila in filas})
        if (suyas := [fila for fila in filas if fila.modulo == uno])
    ]
    return ConsumoPorModulo(desde, hasta, filas, por_modulo)


COLUMNAS = (
    Columna("modulo", _("Módulo"), Clase.TEXTO, lambda fila: fila.modulo),
    Columna("tanque", _("Tanque"), Clase.TEXTO, lambda fila: fila.tanque),
    *DEL_PRODUCTO,
    Columna("cantidad", _("Cantidad"), Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo", _("Costo"), Clase.DINERO, lambda fila: fila.costo),
    Columna("lineas", _("Veces"), Clase.ENTERO, lambda fila: fila.lineas),
    Columna("ultimo", _("Última vez"), Clase.MOMENTO, lambda fila: fila.ultimo),
)

REPORTE = Reporte(
    "consumo-por-modulo",
    _("Consumo por módulo y tanque"),
    COLUMNAS,
    de_una_vez(lambda ambito, **pedido: consumo_por_modulo(ambito, **pedido).filas),
    {**RANGO, "modulo": str},
    frozenset(RANGO),
    suman=("costo",),
)
