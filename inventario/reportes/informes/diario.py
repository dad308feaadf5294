"""Día por día: lo que se consumió y cuánto quedaba al cerrar cada uno."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from inventario.movimientos.models import Movimiento
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.reloj import inicio_del_dia
from inventario.nucleo.sumas import SumaExacta
from inventario.productos.models import Producto
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import salidas_firmes


@dataclass(slots=True)
class DiaDeConsumo:
    """Lo que se usó en un día local; `costo` es exacto."""

    dia: date
    costo: Decimal = CERO
    lineas: int = 0


@dataclass(frozen=True, slots=True)
class SaldoAlCierre:
    """Lo físico al terminar el día, o ahora si el día es hoy."""

    dia: date
    saldo: Decimal


def consumo_diario(ambito: Ambito, *, dias: int) -> list[DiaDeConsumo]:
    """Devuelve los últimos `dias`, hoy incluido y también los días sin consumo, en una consulta."""
    primero = ambito.hoy - timedelta(days=dias - 1)
    por_dia = {dia: DiaDeConsumo(dia) for dia in _dias(primero, ambito.hoy)}
    usos = salidas_firmes(ambito.alcance, fecha_efectiva__gte=inicio_del_dia(primero, ambito.zona))
    # Se suma por costo y se multiplica aquí: SQLite haría el producto en coma flotante.
    grupos: Any = (
        _con_dia(usos, ambito)
        .values_list("dia", "costo_unitario")
        .annotate(salio=SumaExacta("cantidad"), cuantas=Count("pk"))
    )
    for dia, costo, salio, cuantas in grupos:
        # Un reloj adelantado puede dejar algo fechado mañana: todavía no es de ningún día de estos.
        if (uno := por_dia.get(dia)) is not None:
            uno.costo -= salio * costo
            uno.lineas += cuantas
    return list(por_dia.values())


def saldo_diario(ambito: Ambito, producto: Producto, *, fisica: Decimal, dias: int) -> list[SaldoAlCierre]:
    """Devuelve cuánto quedaba del producto al cerrar cada uno de los últimos `dias`, en una consulta.

    `fisica` es lo que hay ahora en esas bodegas: de ahí se va hacia atrás, deshaciendo cada día por su
    fecha efectiva (decisión 10).
    """
    primero = ambito.hoy - timedelta(days=dias - 1)
    movidos: QuerySet[Movimiento] = ambito.alcance.filtrar(
        Movimiento.objects.filter(producto=producto, fecha_efectiva__gte=inicio_del_dia(primero, ambito.zona))
    )
    grupos: Any = _con_dia(movidos, ambito).values_list("dia").annotate(neto=SumaExacta("cantidad"))
    netos: dict[date, Decimal] = dict(grupos)
    saldo, saldos = fisica, []
    for dia in reversed(list(_dias(primero, ambito.hoy))):
        saldos.append(SaldoAlCierre(dia, saldo))
        saldo -= netos.get(dia, CERO)
    return saldos[::-1]


def _con_dia(lineas: QuerySet[Movimiento], ambito: Ambito) -> Any:
    return lineas.order_by().annotate(dia=TruncDate("fecha_efectiva", tzinfo=ZoneInfo(ambito.zona)))


def _dias(primero: date, ultimo: date) -> Iterator[date]:
    for salto in range((ultimo - primero).days + 1):
        yield primero + timedelta(days=salto)
