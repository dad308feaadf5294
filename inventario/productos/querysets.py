"""Vocabulario de consultas del catálogo."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, Round

from inventario.nucleo.cantidades import CERO, DECIMALES, CampoDecimal
from inventario.nucleo.modelos import ManagerDeEmpresa
from inventario.nucleo.textos import plegar

if TYPE_CHECKING:
    from inventario.productos.models import Producto


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

    def con_existencias(self, bodegas: Collection[int] = ()) -> ProductoQuerySet:
        """Con algo físico en alguna de esas bodegas (vacío: de todas), sirva o no."""
        return self.filter(pk__in=self._con_stock(bodegas))

    def sin_existencias(self, bodegas: Collection[int] = ()) -> ProductoQuerySet:
        return self.exclude(pk__in=self._con_stock(bodegas))

    def bajo_minimo(self) -> ProductoQuerySet:
        """Con menos que su mínimo, sumadas las bodegas; llegar justo al mínimo no es estar debajo."""
        return self.filter(
            pk__in=self.model.objects.annotate(_f=_fisica()).filter(_f__lt=F("stock_minimo")).values("pk")
        )

    def sobre_minimo(self) -> ProductoQuerySet:
        return self.exclude(pk__in=self.all().bajo_minimo().values("pk"))

    def en_punto_de_reorden(self) -> ProductoQuerySet:
        """Con su punto de reorden o menos, sumadas las bodegas; quien lo tiene en cero no pidió aviso."""
        hay = self.model.objects.filter(punto_reorden__gt=0).annotate(_f=_fisica())
        return self.filter(pk__in=hay.filter(_f__lte=F("punto_reorden")).values("pk"))

    def _con_stock(self, bodegas: Collection[int]) -> models.QuerySet[Producto, int]:
        aqui = {"existencias__bodega__in": bodegas} if bodegas else {}
        return self.model.objects.filter(existencias__fisica__gt=0, **aqui).values_list("pk", flat=True)


def _fisica() -> Round:
    """Lo físico de un producto, sumadas las bodegas."""
    # SQLite suma en coma flotante: sin redondear, 0,1 + 0,2 no sería igual a un mínimo de 0,3.
    return Round(Coalesce(Sum("existencias__fisica"), CERO, output_field=CampoDecimal()), precision=DECIMALES)


ProductoManager = ManagerDeEmpresa.from_queryset(ProductoQuerySet)


def normalizar_sku(sku: str) -> str:
    """Recorta y pliega mayúsculas en Python: el LOWER de SQLite solo sabe ASCII (decisión 23)."""
    return unicodedata.normalize("NFC", sku.strip()).casefold()
