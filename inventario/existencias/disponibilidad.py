"""Cuánto hay de cada producto ahora, bodega por bodega. Nada aquí escribe ni bloquea."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Existencia
from inventario.movimientos.querysets import Clave
from inventario.nucleo.cantidades import CERO, cuantizar


@dataclass(frozen=True, slots=True)
class Cifras:
    """Lo que hay de un producto en una bodega, en la unidad del producto."""

    fisica: Decimal = CERO
    utilizable: Decimal = CERO
    vencida: Decimal = CERO
    bloqueada: Decimal = CERO
    apartada: Decimal = CERO
    disponible: Decimal = CERO


@dataclass(frozen=True, slots=True)
class Disponibilidad(Cifras):
    """La suma de todas las bodegas; `por_bodega` la reparte."""

    por_bodega: dict[int, Cifras] = field(default_factory=dict)


def existencias_de(
    productos: Iterable[int],
    *,
    ahora: datetime,
    hoy: date,
    bodega: Bodega | None = None,
    bodegas: Collection[int] = (),
) -> dict[int, Disponibilidad]:
    """Devuelve la disponibilidad de cada producto pedido, en tres consultas sin importar cuántos sean.

    Se limita a `bodega`, o a las `bodegas` que se nombren; sin nombrar ninguna, todas.
    Disponible es lo utilizable menos los apartados vivos de cada bodega, nunca bajo cero (decisión 13).
    """
    ids = list(productos)
    aqui: dict[str, Any] = {"producto_id__in": ids}
    if bodega is not None:
        aqui["bodega_id"] = bodega.pk
    if bodegas:
        aqui["bodega_id__in"] = bodegas
    por_clave: dict[Clave, dict[str, Decimal]] = {}

    def anotar(filas: Iterable[tuple[int, int, *tuple[Decimal | None, ...]]], *nombres: str) -> None:
        for producto_id, bodega_id, *valores in filas:
            cifras = por_clave.setdefault(Clave(producto_id, bodega_id), {})
            cifras.update({n: cuantizar(v or CERO) for n, v in zip(nombres, valores, strict=True)})

    anotar(Existencia.objects.filter(**aqui).values_list("producto_id", "bodega_id", "fisica"), "fisica")
    anotar(
        Lote.objects.con_saldo()
        .filter(**aqui)
        .order_by()
        .values_list("producto_id", "bodega_id")
        .annotate(
            suma_utilizable=Sum("saldo", filter=Q(Q(vence_el=None) | Q(vence_el__gte=hoy), bloqueado=False)),
            suma_vencida=Sum("saldo", filter=Q(vence_el__lt=hoy)),
            suma_bloqueada=Sum("saldo", filter=Q(bloqueado=True)),
        ),
        "utilizable",
        "vencida",
        "bloqueada",
    )
    anotar(
        Apartado.objects.vivos(ahora)
        .filter(**aqui)
        .order_by()
        .values_list("producto_id", "bodega_id")
        .annotate(apartada=Sum("restante")),
        "apartada",
    )
    por_producto: dict[int, dict[int, Cifras]] = {pk: {} for pk in ids}
    for clave, cifras in sorted(por_clave.items()):
        disponible = max(CERO, cifras.get("utilizable", CERO) - cifras.get("apartada", CERO))
        por_producto[clave.producto_id][clave.bodega_id] = Cifras(**cifras, disponible=disponible)
    return {pk: _total(bodegas) for pk, bodegas in por_producto.items()}


def _total(bodegas: dict[int, Cifras]) -> Disponibilidad:
    def suma(cifra: str) -> Decimal:
        return sum((getattr(una, cifra) for una in bodegas.values()), CERO)

    return Disponibilidad(
        fisica=suma("fisica"),
        utilizable=suma("utilizable"),
        vencida=suma("vencida"),
        bloqueada=suma("bloqueada"),
        apartada=suma("apartada"),
        disponible=suma("disponible"),
        por_bodega=bodegas,
    )
