"""Buscar en el libro sin recorrerlo: primero se hallan los asientos, lotes y productos, que tienen índice."""

from __future__ import annotations

from django.db.models import Q

from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento
from inventario.productos.models import Producto
from inventario.productos.querysets import normalizar_sku

NUMERO_MAXIMO = 2**63 - 1
# De un código repetido mil veces bastan los primeros.
LIMITE = 500


def asientos_que_dicen(texto: str) -> Q:
    """El número del asiento, o su referencia exacta."""
    filtro = Q(referencia=texto)
    if texto.isascii() and texto.isdigit() and int(texto) <= NUMERO_MAXIMO:
        filtro |= Q(numero=int(texto))
    return filtro


def movimientos_que_dicen(texto: str) -> Q:
    """El número o la referencia del asiento, el código del lote o el SKU, escritos enteros."""
    asientos = Asiento.objects.filter(asientos_que_dicen(texto)).order_by("-pk").values_list("pk", flat=True)
    lotes = Lote.objects.filter(codigo=texto).values_list("pk", flat=True)
    productos = Producto.objects.filter(sku_normalizado=normalizar_sku(texto)).values_list("pk", flat=True)
    # Con los id a la vista la base elige bien por dónde entrar; con subconsultas recorría la tabla.
    return (
        Q(asiento__in=list(asientos[:LIMITE]))
        | Q(lote__in=list(lotes[:LIMITE]))
        | Q(producto__in=list(productos[:LIMITE]))
    )
