"""De un producto escrito a mano, o leído, al del catálogo."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from inventario.nucleo.textos import plegar
from inventario.productos.gtin import formas_de
from inventario.productos.models import Producto
from inventario.productos.querysets import normalizar_sku


def nombrar(producto: Producto) -> str:
    return f"{producto.nombre} ({producto.sku})" if producto.sku else producto.nombre


def reconocer(escritos: Iterable[str]) -> dict[str, list[Producto]]:
    """Los productos activos que dice cada texto: como se lo ofrece, por su código o por su nombre."""
    lecturas = {texto: _lecturas(texto) for texto in escritos}
    # El carácter nulo no cabe en la base: nadie se llama así, y preguntarlo sería un error.
    todas = {lectura for varias in lecturas.values() for lectura in varias if "\x00" not in lectura}
    candidatos = list(
        Producto.objects.activos()
        .select_related("unidad")
        .filter(
            Q(sku_normalizado__in={normalizar_sku(lectura) for lectura in todas})
            | Q(codigo_barras__in={forma for lectura in todas for forma in formas_de(lectura)})
            | Q(nombre_plegado__in={plegar(lectura) for lectura in todas})
        )
        .order_by("pk")
    )
    return {texto: _elegir(texto, varias, candidatos) for texto, varias in lecturas.items()}


def _lecturas(texto: str) -> list[str]:
    """«Harina (HAR-1)» es HAR-1; un nombre también puede terminar en paréntesis."""
    if texto.endswith(")") and "(" in texto:
        return [texto[texto.rindex("(") + 1 : -1].strip(), texto]
    return [texto]


def _elegir(texto: str, lecturas: list[str], candidatos: list[Producto]) -> list[Producto]:
    # Lo que se ofreció vuelve escrito igual: es ese, aunque a otro le quede mejor lo del paréntesis.
    ofrecidos = [producto for producto in candidatos if nombrar(producto) == texto]
    if len(ofrecidos) == 1:
        return ofrecidos
    for lectura in lecturas:
        sku = normalizar_sku(lectura)
        formas = formas_de(lectura)
        por_codigo = [
            p for p in candidatos if sku and (p.sku_normalizado == sku or p.codigo_barras in formas)
        ]
        if por_codigo:
            return por_codigo
    nombre = plegar(lecturas[-1])
    return [producto for producto in candidatos if producto.nombre_plegado == nombre]
