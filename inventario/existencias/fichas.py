"""Fichas de productos en bloque: lo que hay en una bodega, el último costo y los lotes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from inventario.cuentas.models import Bodega
from inventario.existencias.cifras import Cifras
from inventario.existencias.disponibilidad import SIN_LOTES, apartado, de_los_lotes
from inventario.lotes.models import Lote
from inventario.movimientos.costos import lotes_comprados
from inventario.movimientos.models import Existencia, Movimiento
from inventario.movimientos.querysets import Clave
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO
from inventario.productos.buscar import buscar
from inventario.productos.models import Producto


@dataclass(frozen=True, slots=True)
class Ficha:
    """Lo que se sabe de un producto en la bodega. Sin pedirlos, `lotes` es `None`."""

    producto: Producto
    ultimo_costo: Decimal | None
    cifras: Cifras
    lotes: list[Lote] | None = None


def fichas(
    *,
    bodega: Bodega,
    ahora: datetime,
    hoy: date,
    ids: Iterable[int] = (),
    skus: Iterable[str] = (),
    alcance: Alcance = SIN_LIMITE,
    con_apartado: bool = True,
    con_lotes: bool = False,
) -> list[Ficha]:
    """Devuelve la ficha de cada producto activo nombrado por id o por SKU, una sola vez cada uno.

    El último costo es el de lo comprado en las bodegas de ese alcance. Son tres consultas, y una más con
    los lotes (agotados incluidos, por fecha de ingreso).
    """
    comprados = alcance.filtrar(lotes_comprados())
    costo = comprados.filter(producto=OuterRef("pk")).values("costo_unitario")[:1]
    fisica = Existencia.objects.filter(producto=OuterRef("pk"), bodega=bodega).values("fisica")
    activos = (
        Producto.objects.activos()
        .select_related("unidad", "categoria")
        .annotate(ultimo_costo=Subquery(costo), fisica=Coalesce(Subquery(fisica), CERO))
    )
    productos: list[Any] = [*buscar(activos, ids=ids, skus=skus).todos]
    aqui = Q(producto_id__in=[uno.pk for uno in productos], bodega=bodega)
    sumas = de_los_lotes(aqui, hoy)
    apartadas = apartado(aqui, ahora) if con_apartado else {}
    lotes = _lotes_por_producto(aqui) if con_lotes else None

    def cifras_de(producto: Any) -> Cifras:
        clave = Clave(producto.pk, bodega.pk)
        return Cifras(producto.fisica, *sumas.get(clave, SIN_LOTES), apartadas.get(clave, CERO))

    return [
        Ficha(uno, uno.ultimo_costo, cifras_de(uno), None if lotes is None else lotes.get(uno.pk, []))
        for uno in productos
    ]


def _lotes_por_producto(aqui: Q) -> dict[int, list[Lote]]:
    por_producto: dict[int, list[Lote]] = {}
    notas = Movimiento.objects.filter(lote=OuterRef("pk")).order_by("pk").values("asiento__notas")[:1]
    for lote in (
        Lote.objects.filter(aqui).select_related("proveedor").annotate(notas=Subquery(notas)).en_orden_peps()
    ):
        por_producto.setdefault(lote.producto_id, []).append(lote)
    return por_producto
