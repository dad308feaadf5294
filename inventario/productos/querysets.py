"""Vocabulario de consultas del catálogo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from inventario.productos.models import Producto


class ProductoQuerySet(models.QuerySet["Producto"]):
    def vivos(self) -> ProductoQuerySet:
        """Los que no se eliminaron; los inactivos siguen en la lista."""
        return self.filter(eliminado_en=None)

    def activos(self) -> ProductoQuerySet:
        return self.vivos().filter(activo=True)

    def con_catalogo(self) -> ProductoQuerySet:
        return self.select_related("unidad", "categoria", "proveedor")

    def que_dicen(self, texto: str) -> ProductoQuerySet:
        """Busca en el SKU, el nombre y el código de barras."""
        texto = texto.strip()
        if not texto:
            return self
        return self.filter(
            Q(sku_normalizado__contains=normalizar_sku(texto))
            | Q(nombre__icontains=texto)
            | Q(codigo_barras__startswith=texto)
        )


ProductoManager = models.Manager.from_queryset(ProductoQuerySet)


def normalizar_sku(sku: str) -> str:
    """Recorta y pliega mayúsculas en Python: el LOWER de SQLite solo sabe ASCII (decisión 23)."""
    return sku.strip().casefold()
