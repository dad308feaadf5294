"""Las recepciones que alguien nombra por su lote o por su código, para seguirlas después."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from inventario.lotes.models import Lote
from inventario.lotes.querysets import lotes_que_dicen
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.productos.models import Producto

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Un código que repiten más recepciones que estas no identifica nada: hay que precisarlo.
FAMILIAS = 100
PARECIDOS = 20
# La recepción de la que viene un lote.
CABEZA = Coalesce("raiz_id", F("pk"))


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """Las raíces que coinciden con lo buscado; `demasiadas` si pasan del tope y no se siguió ninguna."""

    raices: list[int] = field(default_factory=list)
    demasiadas: bool = False


@dataclass(frozen=True, slots=True)
class Recibido:
    """Un producto del que hay recepciones con el código buscado, y cuántas son."""

    producto: Producto
    recepciones: int


def raices_de(
    *,
    lote: int | None = None,
    codigo: str = "",
    producto: int | None = None,
    alcance: Alcance = SIN_LIMITE,
) -> Hallazgo:
    """Las recepciones de las que vienen los lotes con ese id, o con ese código nuestro o del proveedor.

    El código es exacto, sin mirar mayúsculas: un retiro no se hace por parecido. Solo mira ese producto,
    si se nombra, y lo que ve ese alcance. Una consulta.
    """
    buscados = _buscados(Q(pk=lote) if lote is not None else _con_codigo(codigo), producto, alcance)
    raices: list[int] = list(
        buscados.annotate(cabeza=CABEZA)
        .order_by("cabeza")
        .values_list("cabeza", flat=True)
        .distinct()[: FAMILIAS + 1]
    )
    return Hallazgo(demasiadas=True) if len(raices) > FAMILIAS else Hallazgo(raices)


def recepciones_por_producto(
    codigo: str, *, producto: int | None = None, alcance: Alcance = SIN_LIMITE
) -> list[Recibido]:
    """De qué productos son las recepciones con ese código, primero los que más tienen. Dos consultas."""
    cuentas = dict(
        _buscados(_con_codigo(codigo), producto, alcance)
        .order_by()
        .values_list("producto_id")
        .annotate(recepciones=Count(CABEZA, distinct=True))
        .order_by("-recepciones", "producto_id")[:FAMILIAS]
    )
    productos = Producto.objects.in_bulk(cuentas)
    return [Recibido(productos[pk], recepciones) for pk, recepciones in cuentas.items()]


def _con_codigo(codigo: str) -> Q:
    return Q(codigo__iexact=codigo) | Q(referencia_proveedor__iexact=codigo)


def _buscados(condicion: Q, producto: int | None, alcance: Alcance) -> QuerySet[Lote]:
    lotes: QuerySet[Lote] = alcance.filtrar(Lote.objects.filter(condicion))
    return lotes if producto is None else lotes.filter(producto_id=producto)


def parecidos(codigo: str, *, alcance: Alcance = SIN_LIMITE) -> list[Lote]:
    """Los últimos lotes cuyo código, nuestro o del proveedor, contiene ese texto."""
    lotes: QuerySet[Lote] = alcance.filtrar(Lote.objects.filter(lotes_que_dicen(codigo)))
    return list(lotes.select_related("producto__unidad").order_by("-pk")[:PARECIDOS])
