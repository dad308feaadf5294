"""Lo que usó cada módulo y cada tanque."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from inventario.nucleo.cantidades import CERO
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import ProductoNombrado, por_nombre, productos_de, salidas_firmes
from inventario.reportes.informes.salidas import sumar


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
