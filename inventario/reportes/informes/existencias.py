"""Cuánto hay: los productos con más existencia y la lista completa (contrato E13 y E14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from inventario.existencias import productos as existencias
from inventario.existencias.cifras import Disponibilidad
from inventario.existencias.disponibilidad import existencias_de
from inventario.existencias.productos import ProductoContado, con_su_fisica
from inventario.productos.models import Producto
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import en_orden_espanol

TOP = 5
TOP_MAXIMO = 100


@dataclass(frozen=True, slots=True)
class InventarioBasico:
    """Todos los productos vivos, por id."""

    filas: list[ProductoContado]

    @property
    def bajo_minimo(self) -> int:
        return sum(fila.bajo_minimo for fila in self.filas)

    @property
    def sin_existencia(self) -> int:
        return sum(fila.cantidades.fisica == 0 for fila in self.filas)


def top_productos(ambito: Ambito, *, n: int = TOP) -> list[ProductoContado]:
    """Devuelve los `n` productos vivos con más existencia física, sumadas todas las bodegas.

    Empatados, por nombre en español y luego por id; sin existencia entran si sobra lugar. Cuatro
    consultas. No mira las bodegas del ámbito: `cantidad_actual` es siempre el total (decisión 3).
    """
    vivos = con_su_fisica(Producto.objects.vivos()).con_catalogo()
    primeros = vivos.order_by(F("fisica_total").desc(), en_orden_espanol("nombre"), "pk")[:n]
    return contar(ambito, list(primeros))


def inventario_basico(ambito: Ambito) -> InventarioBasico:
    """Devuelve todos los productos vivos, por id, en cuatro consultas sin importar cuántos sean."""
    hay = existencias_de(None, ahora=ambito.ahora, hoy=ambito.hoy)
    return InventarioBasico([ProductoContado(uno, hay.get(uno.pk, Disponibilidad())) for uno in productos()])


def productos() -> QuerySet[Producto]:
    """Los productos vivos por id, sin contar: para quien los muestra por páginas."""
    vivos: QuerySet[Producto] = Producto.objects.vivos().con_catalogo().order_by("pk")
    return vivos


def contar(ambito: Ambito, productos: Sequence[Producto]) -> list[ProductoContado]:
    """Junta a cada producto lo que hay de él, en tres consultas."""
    return existencias.contar(productos, ahora=ambito.ahora, hoy=ambito.hoy)
