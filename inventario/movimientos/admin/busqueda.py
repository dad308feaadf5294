"""Buscar en el libro sin recorrerlo: primero se hallan los asientos, lotes y productos, que tienen índice."""

from __future__ import annotations

from django.db.models import Q

from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento
from inventario.productos.buscar import con_sku
from inventario.productos.models import Producto

NUMERO_MAXIMO = 2**63 - 1
# De un código repetido mil veces bastan los primeros.
LIMITE = 500


def asientos_que_dicen(texto: str) -> list[int]:
    """Los id del asiento de ese número y de los que tienen esa referencia, escrita entera."""
    ids = list(Asiento.objects.filter(referencia=texto).order_by("-pk").values_list("pk", flat=True)[:LIMITE])
    if texto.isascii() and texto.isdigit() and int(texto) <= NUMERO_MAXIMO:
        ids += Asiento.objects.filter(numero=int(texto)).values_list("pk", flat=True)
    return ids


def movimientos_que_dicen(texto: str) -> Q:
    """El número o la referencia del asiento, el código del lote o el SKU, escritos enteros."""
    lotes = Lote.objects.filter(codigo=texto).order_by("-pk").values_list("pk", flat=True)
    productos = Producto.objects.filter(con_sku(texto)).values_list("pk", flat=True)
    # Con los id a la vista la base elige bien por dónde entrar; con subconsultas recorría la tabla.
    return (
        Q(asiento__in=asientos_que_dicen(texto))
        | Q(lote__in=list(lotes[:LIMITE]))
        | Q(producto__in=list(productos[:LIMITE]))
    )
