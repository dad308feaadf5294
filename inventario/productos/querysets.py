"""Vocabulario de consultas del catálogo."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from inventario.nucleo.modelos import ManagerDeEmpresa
from inventario.nucleo.textos import plegar

if TYPE_CHECKING:
    from inventario.productos.models import Producto  # noqa: F401  # lo nombra el queryset, entre comillas


class ProductoQuerySet(models.QuerySet["Producto"]):
    def vivos(self) -> ProductoQuerySet:
        """Los que no se eliminaron; los inactivos siguen en la lista."""
        return self.filter(eliminado_en=None)

    def activos(self) -> ProductoQuerySet:
        return self.vivos().filter(activo=True)

    def retenidos(self) -> ProductoQuerySet:
        """Bloquea los productos, en orden: mientras dure la transacción nadie los elimina ni los cambia.

        Lo toma quien les da existencia, con las filas de `Existencia` ya bloqueadas: la de una primera
        entrada no se ve hasta confirmar, y sin esto quien elimina no sabría que viene algo.
        No lo junte con otra tabla: quien esperó pierde la fila si el producto cambió de unidad.
        """
        return self.order_by("pk").select_for_update(no_key=True)

    def con_catalogo(self) -> ProductoQuerySet:
        return self.select_related("unidad", "categoria", "proveedor")

    def que_dicen(self, texto: str) -> ProductoQuerySet:
        """Busca en el SKU, el nombre (sin mirar tildes ni mayúsculas) y el comienzo del código de barras."""
        texto = texto.strip()
        if not texto:
            return self
        return self.filter(
            Q(sku_normalizado__contains=normalizar_sku(texto))
            | Q(nombre_plegado__contains=plegar(texto))
            | Q(codigo_barras__startswith=texto)
        )


ProductoManager = ManagerDeEmpresa.from_queryset(ProductoQuerySet)


def normalizar_sku(sku: str) -> str:
    """Recorta y pliega mayúsculas en Python: el LOWER de SQLite solo sabe ASCII (decisión 23)."""
    return unicodedata.normalize("NFC", sku.strip()).casefold()
