"""Cuánto vale el inventario, ahora o en cualquier instante pasado."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inventario.lotes.models import Lote
from inventario.movimientos.models import Movimiento
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.nucleo.sumas import SumaExacta
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.informes.comun import DEL_PRODUCTO, ProductoNombrado, por_nombre, productos_de
from inventario.reportes.reporte import Reporte, de_una_vez

# Más atrás, sumar desde el comienzo lee menos que deshacer desde hoy, o los dos son largos.
RECIENTE_DIAS = 60


class FilaDeValor(NamedTuple):
    """Un producto con lo que había de él; `valor` es exacto, lote por lote a su costo."""

    producto: ProductoNombrado
    cantidad: Decimal
    valor: Decimal

    @property
    def costo_medio(self) -> Decimal | None:
        return cuantizar(self.valor / self.cantidad) if self.cantidad else None


@dataclass(frozen=True, slots=True)
class Valorizacion:
    """Por nombre de producto. `al` es el instante de que se habla."""

    al: datetime
    filas: list[FilaDeValor]

    @property
    def valor(self) -> Decimal:
        return sum((fila.valor for fila in self.filas), CERO)


def valorizacion(ambito: Ambito, *, instante: datetime | None = None) -> Valorizacion:
    """Devuelve lo que había y lo que valía cada producto en ese instante, incluido; sin él, ahora.

    A un instante es la suma de los movimientos hasta él, cada uno a su costo (decisión 10); ahora es la de
    los saldos de los lotes, que dan lo mismo y son muchos menos. A un instante de hace poco es lo de ahora
    menos lo que se movió después. Tres consultas, o cuatro.
    """
    sumas: dict[int, tuple[Decimal, Decimal]] = {}
    if instante is None or _es_reciente(ambito, instante):
        saldos: Any = Lote.objects.con_saldo().filter(**ambito.filtro)
        _acumular(sumas, saldos, "saldo", 1)
    if instante is not None:
        lineas = lineas_que_se_suman(ambito, instante)
        _acumular(sumas, lineas, "cantidad", -1 if _es_reciente(ambito, instante) else 1)
    hubo = {pk: par for pk, par in sumas.items() if par != (CERO, CERO)}
    productos = productos_de(hubo)
    return Valorizacion(
        al=instante or ambito.ahora,
        filas=sorted(
            (FilaDeValor(productos[pk], *par) for pk, par in hubo.items()),
            key=lambda fila: por_nombre(fila.producto),
        ),
    )


def lineas_que_se_suman(ambito: Ambito, instante: datetime) -> QuerySet[Any]:
    """Las que lee la valorización a ese instante: las posteriores si es reciente, si no las anteriores."""
    lado = "gt" if _es_reciente(ambito, instante) else "lte"
    return Movimiento.objects.filter(**{f"fecha_efectiva__{lado}": instante}, **ambito.filtro)


def _es_reciente(ambito: Ambito, instante: datetime) -> bool:
    return ambito.ahora - instante <= timedelta(days=RECIENTE_DIAS)


def _acumular(
    sumas: dict[int, tuple[Decimal, Decimal]], filas: QuerySet[Any], columna: str, signo: int
) -> None:
    grupos: Any = (
        filas.order_by().values_list("producto_id", "costo_unitario").annotate(suma=SumaExacta(columna))
    )
    for producto_id, costo, suma in grupos:
        cantidad, valor = sumas.get(producto_id, (CERO, CERO))
        neta = signo * suma
        sumas[producto_id] = (cantidad + neta, valor + neta * costo)


def valor_por_producto(lotes: QuerySet[Lote]) -> dict[int, Decimal]:
    """Cuánto vale lo que queda de esos lotes, por producto y exacto, en una consulta que no los lee."""
    sumas: dict[int, tuple[Decimal, Decimal]] = {}
    _acumular(sumas, lotes.select_related(None), "saldo", 1)
    return {producto: valor for producto, (_cantidad, valor) in sumas.items()}


COLUMNAS = (
    *DEL_PRODUCTO,
    Columna("cantidad", _("Cantidad"), Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo_medio", _("Costo medio"), Clase.CANTIDAD, lambda fila: fila.costo_medio),
    Columna("valor", _("Valor"), Clase.DINERO, lambda fila: fila.valor),
)

REPORTE = Reporte(
    "valorizacion",
    _("Valorización del inventario"),
    COLUMNAS,
    de_una_vez(lambda ambito, **pedido: valorizacion(ambito, **pedido).filas),
    {"instante": datetime.fromisoformat},
    suman=("valor",),
)
