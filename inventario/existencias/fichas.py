"""Fichas de productos en bloque: lo que hay en una bodega, el último costo y los lotes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, Subquery, Sum

from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.costos import lotes_comprados
from inventario.movimientos.models import Apartado, Movimiento
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.productos.models import Producto
from inventario.productos.querysets import normalizar_sku


@dataclass(frozen=True, slots=True)
class Ficha:
    """Lo que se sabe de un producto en la bodega. Sin pedirlos, `lotes` es `None`."""

    producto: Producto
    ultimo_costo: Decimal | None
    fisica: Decimal = CERO
    utilizable: Decimal = CERO
    apartada: Decimal = CERO
    lotes: list[Lote] | None = None

    @property
    def disponible(self) -> Decimal:
        """Utilizable que nadie apartó, nunca bajo cero (decisión 13)."""
        return max(CERO, self.utilizable - self.apartada)


def fichas(
    *,
    bodega: Bodega,
    ahora: datetime,
    hoy: date,
    ids: Iterable[int] = (),
    skus: Iterable[str] = (),
    con_apartado: bool = True,
    con_lotes: bool = False,
) -> list[Ficha]:
    """Devuelve la ficha de cada producto activo nombrado por id o por SKU, una sola vez cada uno.

    Son tres consultas, y una más con los lotes (agotados incluidos, por fecha de ingreso). Las cifras
    de lo que hay son las de `selectors.existencias_de`, y una prueba las compara.
    """
    costo = lotes_comprados().filter(producto=OuterRef("pk")).values("costo_unitario")[:1]
    productos: list[Any] = list(
        Producto.objects.activos()
        .filter(Q(pk__in=list(ids)) | Q(sku_normalizado__in=[normalizar_sku(sku) for sku in skus]))
        .select_related("unidad", "categoria")
        .annotate(ultimo_costo=Subquery(costo))
        .order_by("pk")
    )
    aqui: dict[str, Any] = {"producto_id__in": [uno.pk for uno in productos], "bodega": bodega}
    sirve = Q(Q(vence_el=None) | Q(vence_el__gte=hoy), bloqueado=False)
    saldos = (
        Lote.objects.con_saldo()
        .filter(**aqui)
        .order_by()
        .values_list("producto_id")
        .annotate(en_total=Sum("saldo"), que_sirve=Sum("saldo", filter=sirve))
    )
    hay = {pk: (cuantizar(fisica), cuantizar(que_sirve or CERO)) for pk, fisica, que_sirve in saldos}
    prometido: dict[int, Decimal] = {}
    if con_apartado:
        vivos = Apartado.objects.vivos(ahora).filter(**aqui).order_by()
        por_producto = vivos.values_list("producto_id").annotate(total=Sum("restante"))
        prometido = {pk: cuantizar(total) for pk, total in por_producto}
    lotes = _lotes_por_producto(aqui) if con_lotes else None
    return [
        Ficha(
            uno,
            uno.ultimo_costo,
            *hay.get(uno.pk, (CERO, CERO)),
            prometido.get(uno.pk, CERO),
            None if lotes is None else lotes.get(uno.pk, []),
        )
        for uno in productos
    ]


def _lotes_por_producto(aqui: dict[str, Any]) -> dict[int, list[Lote]]:
    por_producto: dict[int, list[Lote]] = {}
    notas = Movimiento.objects.filter(lote=OuterRef("pk")).order_by("pk").values("asiento__notas")[:1]
    for lote in (
        Lote.objects.filter(**aqui)
        .select_related("proveedor")
        .annotate(notas=Subquery(notas))
        .order_by("fecha_ingreso", "pk")
    ):
        por_producto.setdefault(lote.producto_id, []).append(lote)
    return por_producto
