"""Qué conviene pedir: los productos que llegaron a su punto de reorden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from inventario.existencias.productos import en_punto_de_reorden
from inventario.movimientos.models import Existencia
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO
from inventario.productos.models import Producto


@dataclass(frozen=True, slots=True)
class Faltante:
    """Un producto en su punto de reorden o debajo; `fisica` es lo que ve quien pregunta."""

    producto: Producto
    fisica: Decimal

    @property
    def deficit(self) -> Decimal:
        return self.producto.punto_reorden - self.fisica


def por_reordenar(*, modulo: str = "", alcance: Alcance = SIN_LIMITE) -> list[Faltante]:
    """Los activos con su punto de reorden o menos, del más al menos escaso, en dos consultas.

    El punto es por producto y se compara con la suma de las bodegas, como el mínimo (decisión 3);
    quien lo tiene en cero no pidió aviso. Con `modulo`, solo los asignados a él. Las cifras son las de ese
    alcance: de las demás bodegas se sabe que entre todas no alcanza, no cuánto tienen.
    """
    productos = en_punto_de_reorden(Producto.objects.activos()).con_catalogo()
    if modulo:
        productos = productos.filter(modulos__modulo=modulo)
    fisica = _fisica_total((producto.pk for producto in productos), alcance)
    faltantes = [Faltante(producto, fisica[producto.pk]) for producto in productos]
    return sorted(faltantes, key=lambda faltante: (-faltante.deficit, faltante.producto.pk))


def contar_por_reordenar() -> int:
    return en_punto_de_reorden(Producto.objects.activos()).count()


def _fisica_total(productos: Iterable[int], alcance: Alcance) -> dict[int, Decimal]:
    totales = dict.fromkeys(productos, CERO)
    filas = alcance.filtrar(Existencia.objects.filter(producto_id__in=list(totales)))
    for pk, fisica in filas.values_list("producto_id", "fisica"):
        totales[pk] += fisica
    return totales
