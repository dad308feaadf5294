"""Todos los productos con lo que hay de cada uno (contrato E14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inventario.existencias import productos as existencias
from inventario.existencias.cifras import Disponibilidad
from inventario.existencias.disponibilidad import existencias_de
from inventario.existencias.productos import ProductoContado
from inventario.productos.models import Producto
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.reporte import Reporte, de_una_vez


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


COLUMNAS = (
    Columna("id", _("Id"), Clase.ENTERO, lambda fila: fila.producto.pk),
    Columna("nombre", _("Producto"), Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("sku", _("SKU"), Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("precio", _("Precio"), Clase.DINERO, lambda fila: fila.producto.precio),
    Columna("stock_minimo", _("Mínimo"), Clase.CANTIDAD, lambda fila: fila.producto.stock_minimo),
    Columna("cantidad_actual", _("Existencia"), Clase.CANTIDAD, lambda fila: fila.cantidades.fisica),
    Columna("cantidad_reservada", _("Reservada"), Clase.CANTIDAD, lambda fila: fila.cantidades.apartada),
    Columna("cantidad_disponible", _("Disponible"), Clase.CANTIDAD, lambda fila: fila.cantidades.disponible),
    Columna("unidad", _("Unidad"), Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
    Columna(
        "categoria",
        _("Categoría"),
        Clase.TEXTO,
        lambda fila: fila.producto.categoria and fila.producto.categoria.nombre,
    ),
    Columna("bajo_minimo", _("Bajo el mínimo"), Clase.SI_O_NO, lambda fila: fila.bajo_minimo),
    Columna("activo", _("Activo"), Clase.SI_O_NO, lambda fila: fila.producto.activo),
)

REPORTE = Reporte(
    "inventario-basico", _("Inventario"), COLUMNAS, de_una_vez(lambda ambito: inventario_basico(ambito).filas)
)
