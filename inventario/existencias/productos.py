"""Los productos según lo que hay de ellos: con cuánto, y cuáles tienen, no tienen o están bajo su mínimo.

Los filtros se hacen en la base, que se aplican a catálogos enteros: es la misma cuenta de `disponibilidad`
dicha en SQL, y no hay otra.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Round

from inventario.existencias.cifras import Disponibilidad
from inventario.existencias.disponibilidad import existencias_de
from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Existencia
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO, DECIMALES, CampoDecimal
from inventario.productos.models import Producto
from inventario.productos.querysets import ProductoQuerySet


@dataclass(frozen=True, slots=True)
class ProductoContado:
    """Un producto vivo con lo que hay de él a la vista de quien pregunta, en total y por bodega.

    `bajo_minimo` es de toda la empresa: el mínimo se compara con la suma de sus bodegas (decisión 3).
    """

    producto: Producto
    cantidades: Disponibilidad
    bajo_minimo: bool

    @classmethod
    def visto(cls, producto: Producto, hay: Disponibilidad, alcance: Alcance) -> ProductoContado:
        """Como se ve desde ese alcance lo que hay en toda la empresa."""
        falta = producto.bajo_minimo(fisica=hay.fisica, disponible=hay.disponible)
        return cls(producto, hay.en(alcance), falta)


def contar(
    productos: Sequence[Producto], *, ahora: datetime, hoy: date, alcance: Alcance = SIN_LIMITE
) -> list[ProductoContado]:
    """Junta a cada producto lo que hay de él, en tres consultas."""
    hay = existencias_de([uno.pk for uno in productos], ahora=ahora, hoy=hoy)
    return [ProductoContado.visto(uno, hay[uno.pk], alcance) for uno in productos]


def con_existencias(productos: ProductoQuerySet, alcance: Alcance = SIN_LIMITE) -> ProductoQuerySet:
    """Con algo físico en alguna de las bodegas de ese alcance, sirva o no."""
    return productos.filter(pk__in=_que_tienen(alcance))


def sin_existencias(productos: ProductoQuerySet, alcance: Alcance = SIN_LIMITE) -> ProductoQuerySet:
    return productos.exclude(pk__in=_que_tienen(alcance))


def con_su_fisica(productos: ProductoQuerySet, alcance: Alcance = SIN_LIMITE) -> ProductoQuerySet:
    """Anota `fisica_total`, lo físico sumadas las bodegas de ese alcance, para ordenar por ello."""
    return productos.annotate(fisica_total=_fisica(alcance.condicion("existencias__bodega") or None))


def bajo_minimo(productos: ProductoQuerySet, *, ahora: datetime, hoy: date) -> ProductoQuerySet:
    """Con menos que su mínimo, sumadas las bodegas; llegar justo al mínimo no es estar debajo.

    Como `Producto.bajo_minimo`. `hoy` es la fecha en la zona de la empresa: dice qué está vencido.
    """
    # Una sola subconsulta: con dos unidas por «o», la base las arma enteras aunque se mire un producto.
    todos = Producto.objects.order_by().annotate(_hay=_contra_el_minimo(ahora, hoy))
    return productos.filter(pk__in=todos.filter(_hay__lt=F("stock_minimo")).values("pk"))


def sobre_minimo(productos: ProductoQuerySet, *, ahora: datetime, hoy: date) -> ProductoQuerySet:
    return productos.exclude(pk__in=bajo_minimo(productos, ahora=ahora, hoy=hoy).values("pk"))


def en_punto_de_reorden(productos: ProductoQuerySet) -> ProductoQuerySet:
    """Con su punto de reorden o menos, sumadas las bodegas; quien lo tiene en cero no pidió aviso."""
    hay = Producto.objects.filter(punto_reorden__gt=0).annotate(_f=_fisica())
    return productos.filter(pk__in=hay.filter(_f__lte=F("punto_reorden")).values("pk"))


def _que_tienen(alcance: Alcance) -> QuerySet[Existencia, int]:
    return alcance.filtrar(Existencia.objects.filter(fisica__gt=0)).values_list("producto_id", flat=True)


def _fisica(aqui: Q | None = None) -> Round:
    return _sumado(F("existencias__fisica"), aqui)


def _contra_el_minimo(ahora: datetime, hoy: date) -> Round:
    """Lo que se compara con el mínimo: lo disponible si el producto lo pide; si no, lo físico."""
    return _sumado(
        Case(When(minimo_sobre_disponible=True, then=_libre(ahora, hoy)), default=F("existencias__fisica"))
    )


def _sumado(de_cada_bodega: Combinable, aqui: Q | None = None) -> Round:
    # SQLite suma en coma flotante: sin redondear, 0,1 + 0,2 no sería igual a un mínimo de 0,3.
    suma = Coalesce(Sum(de_cada_bodega, filter=aqui), CERO, output_field=CampoDecimal())
    return Round(suma, precision=DECIMALES)


def _libre(ahora: datetime, hoy: date) -> Greatest:
    """Lo disponible en una bodega: `reparto.libre`, dicho a la base."""
    sirve = _en_esa_bodega(Lote.objects.utilizables(hoy), "saldo")
    prometido = _en_esa_bodega(Apartado.objects.vivos(ahora), "restante")
    return Greatest(sirve - prometido, CERO, output_field=CampoDecimal())


def _en_esa_bodega(filas: QuerySet[Lote] | QuerySet[Apartado], columna: str) -> Coalesce:
    """La suma de esas filas del producto en la bodega de la existencia que se mira."""
    suyas = filas.filter(producto=OuterRef("pk"), bodega=OuterRef("existencias__bodega")).order_by()
    suma = suyas.values("producto").annotate(_s=Sum(columna)).values("_s")
    return Coalesce(Subquery(suma), CERO, output_field=CampoDecimal())
