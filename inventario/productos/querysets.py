"""Vocabulario de consultas del catálogo."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Round

from inventario.nucleo.alcance import SIN_LIMITE, Alcance
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

    def con_existencias(self, alcance: Alcance = SIN_LIMITE) -> ProductoQuerySet:
        """Con algo físico en alguna de las bodegas de ese alcance, sirva o no."""
        return self.filter(pk__in=self._con_stock(alcance))

    def sin_existencias(self, alcance: Alcance = SIN_LIMITE) -> ProductoQuerySet:
        return self.exclude(pk__in=self._con_stock(alcance))

    def bajo_minimo(self, *, ahora: datetime, hoy: date) -> ProductoQuerySet:
        """Con menos que su mínimo, sumadas las bodegas; llegar justo al mínimo no es estar debajo.

        Como `Producto.bajo_minimo`. `hoy` es la fecha en la zona de la empresa: dice qué está vencido.
        """
        # Una sola subconsulta: con dos unidas por «o», la base las arma enteras aunque se mire un producto.
        todos = self.model.objects.order_by().annotate(_hay=_contra_el_minimo(self.model, ahora, hoy))
        return self.filter(pk__in=todos.filter(_hay__lt=F("stock_minimo")).values("pk"))

    def sobre_minimo(self, *, ahora: datetime, hoy: date) -> ProductoQuerySet:
        return self.exclude(pk__in=self.all().bajo_minimo(ahora=ahora, hoy=hoy).values("pk"))

    def en_punto_de_reorden(self) -> ProductoQuerySet:
        """Con su punto de reorden o menos, sumadas las bodegas; quien lo tiene en cero no pidió aviso."""
        hay = self.model.objects.filter(punto_reorden__gt=0).annotate(_f=_fisica())
        return self.filter(pk__in=hay.filter(_f__lte=F("punto_reorden")).values("pk"))

    def _con_stock(self, alcance: Alcance) -> models.QuerySet[Producto, int]:
        suyas = alcance.condicion("existencias__bodega")
        return self.model.objects.filter(suyas, existencias__fisica__gt=0).values_list("pk", flat=True)


def _fisica() -> Round:
    """Lo físico de un producto, sumadas las bodegas."""
    return _sumado(F("existencias__fisica"))


def _contra_el_minimo(producto: type[Producto], ahora: datetime, hoy: date) -> Round:
    """Lo que se compara con el mínimo: lo disponible si el producto lo pide; si no, lo físico."""
    libre = _libre(producto, ahora, hoy)
    return _sumado(Case(When(minimo_sobre_disponible=True, then=libre), default=F("existencias__fisica")))


def _sumado(de_cada_bodega: Combinable) -> Round:
    # SQLite suma en coma flotante: sin redondear, 0,1 + 0,2 no sería igual a un mínimo de 0,3.
    return Round(Coalesce(Sum(de_cada_bodega), CERO, output_field=CampoDecimal()), precision=DECIMALES)


def _libre(producto: type[Producto], ahora: datetime, hoy: date) -> Greatest:
    """Lo disponible en una bodega: lo que sirve menos lo prometido, nunca bajo cero."""
    sirve = _en_esa_bodega(producto, "lotes", lotes_que_sirven(hoy), "saldo")
    prometido = _en_esa_bodega(producto, "apartados", apartados_vivos(ahora), "restante")
    return Greatest(sirve - prometido, CERO, output_field=CampoDecimal())


def _en_esa_bodega(producto: type[Producto], filas: str, cuales: Q, columna: str) -> Coalesce:
    """La suma de esas filas del producto en la bodega de la existencia que se mira."""
    aqui = {"pk": OuterRef("pk"), f"{filas}__bodega": OuterRef("existencias__bodega")}
    suyas = producto.objects.filter(cuales, **aqui).order_by().values("pk")
    suma = suyas.annotate(_s=Sum(f"{filas}__{columna}")).values("_s")
    return Coalesce(Subquery(suma), CERO, output_field=CampoDecimal())


def lotes_que_sirven(hoy: date) -> Q:
    """Los lotes de un producto que se pueden entregar: con saldo, sin bloqueo y sin vencer (decisión 8)."""
    sin_vencer = Q(lotes__vence_el=None) | Q(lotes__vence_el__gte=hoy)
    return sin_vencer & Q(lotes__saldo__gt=0, lotes__bloqueado=False)


def apartados_vivos(ahora: datetime) -> Q:
    """Los apartados de un producto que restan disponible: nadie los resolvió y no vencieron."""
    return Q(apartados__estado="vigente", apartados__vence_en__gt=ahora)


ProductoManager = ManagerDeEmpresa.from_queryset(ProductoQuerySet)


def normalizar_sku(sku: str) -> str:
    """Recorta y pliega mayúsculas en Python: el LOWER de SQLite solo sabe ASCII (decisión 23)."""
    return unicodedata.normalize("NFC", sku.strip()).casefold()
