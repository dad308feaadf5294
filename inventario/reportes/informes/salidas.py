"""Por qué y para quién salió: mermas por motivo y consumo por módulo y tanque."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from inventario.movimientos.models import Motivo, Movimiento, TipoMovimiento
from inventario.nucleo.cantidades import CERO
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import (
    ProductoNombrado,
    SumaExacta,
    UltimoInstante,
    por_nombre,
    productos_de,
    revertida,
    salidas_firmes,
)


@dataclass(slots=True)
class _Suma:
    cantidad: Decimal = CERO
    costo: Decimal = CERO
    lineas: int = 0
    ultimo: datetime | None = None


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


def mermas(ambito: Ambito, *, desde: date, hasta: date) -> Mermas:
    """Devuelve lo que se perdió entre esos dos días, ambos enteros, por motivo y producto. Tres consultas.

    Son los ajustes negativos que nadie revirtió: bajas, faltantes de conteo y correcciones.
    """
    inicio, fin = ambito.rango(desde, hasta)
    perdidas: QuerySet[Movimiento] = Movimiento.objects.filter(
        ambito.alcance.condicion(),
        ~revertida(),
        tipo=TipoMovimiento.AJUSTE_NEGATIVO,
        fecha_efectiva__gte=inicio,
        fecha_efectiva__lt=fin,
    )
    sumas = _sumar(perdidas, "asiento__motivo", "producto_id")
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


def consumo_por_modulo(
    ambito: Ambito, *, desde: date, hasta: date, modulo: str | None = None
) -> ConsumoPorModulo:
    """Devuelve lo usado entre esos dos días, ambos enteros, por módulo, tanque y producto. Tres consultas.

    Con `modulo`, solo el suyo («» es lo que salió sin módulo). Lo que se revirtió no se consumió.
    """
    inicio, fin = ambito.rango(desde, hasta)
    usos = salidas_firmes(ambito.alcance, fecha_efectiva__gte=inicio, fecha_efectiva__lt=fin)
    if modulo is not None:
        usos = usos.filter(asiento__modulo=modulo)
    sumas = _sumar(usos, "asiento__modulo", "asiento__tanque", "producto_id")
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


def _sumar(lineas: QuerySet[Movimiento], *claves: str) -> dict[tuple[Any, ...], _Suma]:
    """Suma en positivo lo que salió, por esas claves, en una consulta."""
    sumas: defaultdict[tuple[Any, ...], _Suma] = defaultdict(_Suma)
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
