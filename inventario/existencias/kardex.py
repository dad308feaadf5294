"""El kárdex: lo que pasó con un producto o un lote, por fecha efectiva, y el saldo que fue dejando.

Una suma de movimientos por tiempo efectivo, nunca un saldo guardado (decisión 10). No escribe ni bloquea.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q, Sum

from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.models import Movimiento
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.productos.models import Producto

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Punto(NamedTuple):
    """Un lugar del kárdex: después de este movimiento."""

    fecha_efectiva: datetime
    movimiento_id: int


@dataclass(frozen=True, slots=True)
class LineaDeKardex:
    """Un movimiento y el saldo que dejó por orden de fecha efectiva."""

    movimiento: Movimiento
    saldo: Decimal


@dataclass(frozen=True, slots=True)
class Kardex:
    """Una página: saldo al abrirla, sus líneas y el saldo al cerrarla. `sigue` es dónde continúa."""

    apertura: Decimal
    lineas: list[LineaDeKardex]
    cierre: Decimal
    sigue: Punto | None


def kardex(
    *,
    producto: Producto | None = None,
    lote: Lote | None = None,
    bodega: Bodega | None = None,
    alcance: Alcance = SIN_LIMITE,
    desde: datetime | None = None,
    hasta: datetime | None = None,
    tras: Punto | None = None,
    limite: int = 100,
) -> Kardex:
    """Devuelve una página del kárdex de un producto o de un lote, por (fecha efectiva, id).

    `desde` se incluye y `hasta` no. Dos consultas: el saldo de apertura y las líneas.
    """
    assert producto or lote, "El kárdex es de un producto o de un lote."
    todos: QuerySet[Movimiento] = alcance.filtrar(Movimiento.objects.order_by("fecha_efectiva", "pk"))
    if producto is not None:
        todos = todos.filter(producto=producto)
    if lote is not None:
        todos = todos.filter(lote=lote)
    if bodega is not None:
        todos = todos.filter(bodega=bodega)
    pagina = todos.select_related("lote", "bodega", "producto", "asiento__actor")
    antes = Q(pk__in=[])
    if tras is not None:
        hasta_ahi = Q(fecha_efectiva__lt=tras.fecha_efectiva) | Q(
            fecha_efectiva=tras.fecha_efectiva, pk__lte=tras.movimiento_id
        )
        antes, pagina = hasta_ahi, pagina.exclude(hasta_ahi).filter(fecha_efectiva__gte=tras.fecha_efectiva)
    elif desde is not None:
        antes, pagina = Q(fecha_efectiva__lt=desde), pagina.filter(fecha_efectiva__gte=desde)
    if hasta is not None:
        pagina = pagina.filter(fecha_efectiva__lt=hasta)
    saldo = apertura = cuantizar(todos.filter(antes).order_by().aggregate(s=Sum("cantidad"))["s"] or CERO)
    filas = list(pagina[: limite + 1])
    lineas: list[LineaDeKardex] = []
    for movimiento in filas[:limite]:
        saldo += movimiento.cantidad
        lineas.append(LineaDeKardex(movimiento, saldo))
    sigue = (
        Punto(lineas[-1].movimiento.fecha_efectiva, lineas[-1].movimiento.pk) if len(filas) > limite else None
    )
    return Kardex(apertura=apertura, lineas=lineas, cierre=saldo, sigue=sigue)
