"""Cuánto hay de cada producto, visto desde el catálogo.

El catálogo está debajo del libro y no lo importa: llega a sus tablas por las relaciones inversas del
producto. La fórmula es la de `movimientos.selectors.existencias_de`, y una prueba las compara.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.productos.models import Categoria, Producto


@dataclass(slots=True)
class EnBodega:
    """Lo que hay en una bodega, en la unidad del producto."""

    codigo: str
    nombre: str
    fisica: Decimal = CERO
    apartada: Decimal = CERO
    utilizable: Decimal = CERO

    @property
    def disponible(self) -> Decimal:
        """Utilizable que nadie apartó, nunca bajo cero (decisión 13)."""
        return max(CERO, self.utilizable - self.apartada)


@dataclass(slots=True)
class Cantidades:
    """Lo que hay de un producto: la suma y su reparto, la bodega principal primero."""

    por_bodega: dict[int, EnBodega] = field(default_factory=dict)

    @property
    def bodegas(self) -> list[EnBodega]:
        return list(self.por_bodega.values())

    @property
    def fisica(self) -> Decimal:
        return sum((bodega.fisica for bodega in self.bodegas), CERO)

    @property
    def apartada(self) -> Decimal:
        return sum((bodega.apartada for bodega in self.bodegas), CERO)

    @property
    def disponible(self) -> Decimal:
        return sum((bodega.disponible for bodega in self.bodegas), CERO)


def cantidades_de(productos: Iterable[int], *, ahora: datetime, hoy: date) -> dict[int, Cantidades]:
    """Devuelve las cantidades de cada producto pedido, en tres consultas sin importar cuántos sean.

    `hoy` es la fecha en la zona de la empresa. Un producto sin movimientos sale en cero.
    """
    ids = list(productos)
    cantidades = {pk: Cantidades() for pk in ids}
    if not ids:
        return cantidades
    pedidos: QuerySet[Producto] = Producto.objects.filter(pk__in=ids).order_by()
    filas = (
        pedidos.filter(existencias__isnull=False)
        .order_by("pk", "-existencias__bodega__principal", "existencias__bodega__codigo")
        .values_list(
            "pk",
            "existencias__bodega_id",
            "existencias__bodega__codigo",
            "existencias__bodega__nombre",
            "existencias__fisica",
        )
    )
    for pk, bodega_id, codigo, nombre, fisica in filas:
        cantidades[pk].por_bodega[bodega_id] = EnBodega(codigo, nombre, fisica=fisica)
    sirve = Q(lotes__vence_el=None) | Q(lotes__vence_el__gte=hoy)
    utilizables = (
        pedidos.filter(sirve, lotes__saldo__gt=0, lotes__bloqueado=False)
        .values_list("pk", "lotes__bodega_id")
        .annotate(suma=Sum("lotes__saldo"))
    )
    for pk, bodega_id, suma in utilizables:
        cantidades[pk].por_bodega[bodega_id].utilizable = cuantizar(suma)
    vivos = (
        pedidos.filter(apartados__estado="vigente", apartados__vence_en__gt=ahora)
        .values_list("pk", "apartados__bodega_id")
        .annotate(suma=Sum("apartados__restante"))
    )
    for pk, bodega_id, suma in vivos:
        cantidades[pk].por_bodega[bodega_id].apartada = cuantizar(suma)
    return cantidades


def rama_de(categoria_id: int) -> set[int]:
    """Devuelve la categoría y todas las que contiene, por id; vacío si no existe."""
    hijas: dict[int | None, list[int]] = {}
    for pk, padre_id in Categoria.objects.order_by().values_list("pk", "padre_id"):
        hijas.setdefault(padre_id, []).append(pk)
    rama: set[int] = set()
    pendientes = [categoria_id] if any(categoria_id in filas for filas in hijas.values()) else []
    while pendientes:
        actual = pendientes.pop()
        rama.add(actual)
        pendientes += [pk for pk in hijas.get(actual, []) if pk not in rama]
    return rama
