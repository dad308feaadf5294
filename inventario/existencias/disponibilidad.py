"""Cuánto hay de cada producto ahora: lo físico, lo que sirve, lo que no y lo apartado. No escribe ni bloquea.

De aquí salen las cifras de la API, las páginas, los reportes y las reservas. El libro hace la misma cuenta
con lo que tiene bloqueado, y con la misma fórmula (`movimientos.reparto.libre`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Min, Q

from inventario.existencias.cifras import Disponibilidad, EnBodega
from inventario.lotes.models import Lote
from inventario.lotes.querysets import que_sirven
from inventario.movimientos.models import Apartado, Existencia
from inventario.movimientos.querysets import Clave
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.sumas import SumaExacta

if TYPE_CHECKING:
    from inventario.cuentas.models import Bodega


class DeLosLotes(NamedTuple):
    """Lo que suman los lotes de un producto en una bodega; uno bloqueado y vencido cuenta en los dos."""

    utilizable: Decimal = CERO
    vencida: Decimal = CERO
    bloqueada: Decimal = CERO


SIN_LOTES = DeLosLotes()


def existencias_de(
    productos: Iterable[int] | None,
    *,
    ahora: datetime,
    hoy: date,
    bodega: Bodega | None = None,
    alcance: Alcance = SIN_LIMITE,
) -> dict[int, Disponibilidad]:
    """Devuelve la disponibilidad de cada producto pedido, en tres consultas sin importar cuántos sean.

    Con `None`, la de todos los que alguna vez tuvieron algo: con el catálogo entero, nombrarlos no cabría en
    la consulta. La suma y su reparto son de lo que ve ese alcance y, si se nombra `bodega`, solo de
    ella. `hoy` es la fecha en la zona de la empresa: dice qué está vencido.
    """
    ids = None if productos is None else list(productos)
    donde = _donde(ids, bodega, alcance)
    lotes = de_los_lotes(donde, hoy)
    apartadas = apartado(donde, ahora)
    existencias = Existencia.objects.filter(donde).order_by(
        "producto_id", "-bodega__principal", "bodega__codigo"
    )
    por_producto: dict[int, dict[int, EnBodega]] = {pk: {} for pk in ids or ()}
    for producto_id, bodega_id, codigo, nombre, fisica in existencias.values_list(
        "producto_id", "bodega_id", "bodega__codigo", "bodega__nombre", "fisica"
    ):
        clave = Clave(producto_id, bodega_id)
        por_producto.setdefault(producto_id, {})[bodega_id] = EnBodega(
            fisica, *lotes.get(clave, SIN_LOTES), apartadas.get(clave, CERO), codigo, nombre
        )
    return {pk: Disponibilidad(bodegas) for pk, bodegas in por_producto.items()}


def existencia_en(bodega_id: int, productos: Iterable[int]) -> dict[int, Decimal]:
    """Devuelve lo físico de cada producto pedido en esa bodega, en una consulta; sin fila, cero."""
    ids = list(productos)
    filas = Existencia.objects.filter(bodega_id=bodega_id, producto_id__in=ids)
    return {**dict.fromkeys(ids, CERO), **dict(filas.values_list("producto_id", "fisica"))}


def vence_el_proximo_apartado(ahora: datetime) -> datetime | None:
    """Cuándo cambiará lo disponible de algún producto sin que nadie escriba, además del cambio de día."""
    proximo: datetime | None = Apartado.objects.vivos(ahora).aggregate(cuando=Min("vence_en"))["cuando"]
    return proximo


def de_los_lotes(donde: Q, hoy: date) -> dict[Clave, DeLosLotes]:
    """Lo que suman los lotes que cumplan eso, por producto y bodega, en una consulta."""
    sumas = (
        Lote.objects.con_saldo()
        .filter(donde)
        .order_by()
        .values_list("producto_id", "bodega_id")
        .annotate(
            utiles=SumaExacta("saldo", filter=que_sirven(hoy)),
            vencidos=SumaExacta("saldo", filter=Q(vence_el__lt=hoy)),
            bloqueados=SumaExacta("saldo", filter=Q(bloqueado=True)),
        )
    )
    return {Clave(producto, bodega): DeLosLotes(*suyas) for producto, bodega, *suyas in sumas}


def apartado(donde: Q, ahora: datetime) -> dict[Clave, Decimal]:
    """Lo que restan los apartados vivos que cumplan eso, por producto y bodega, en una consulta."""
    vivos = Apartado.objects.vivos(ahora).filter(donde).order_by()
    sumas = vivos.values_list("producto_id", "bodega_id").annotate(total=SumaExacta("restante"))
    return {Clave(producto, bodega): total for producto, bodega, total in sumas}


def _donde(productos: Collection[int] | None, bodega: Bodega | None, alcance: Alcance) -> Q:
    donde = Q() if productos is None else Q(producto_id__in=productos)
    if bodega is not None:
        donde &= Q(bodega_id=bodega.pk)
    return donde & alcance.condicion()
