"""Qué encuentra el buscador: productos por SKU, nombre o código de barras, y lotes por su código."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http.request import validate_host
from django.urls import Resolver404, get_script_prefix, resolve

from inventario.lotes.models import Lote
from inventario.lotes.querysets import lotes_que_dicen
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.productos.buscar import Hallados, con_codigo, lo_exacto_primero
from inventario.productos.models import Producto

DE_CADA_GRUPO = 20
LARGO = 100
# Un lote sin código se muestra así en todas partes; quien lo lee lo vuelve a escribir igual.
_SIN_CODIGO = re.compile(r"(?:n\.?\s*º|#)\s*(\d{1,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resultados:
    """Lo encontrado, lo exacto primero. `mas_*` dice si quedó algo afuera."""

    productos: list[Producto]
    lotes: list[Lote]
    exactos: list[Producto | Lote]

    @property
    def nada(self) -> bool:
        return not self.productos and not self.lotes

    @property
    def mas_productos(self) -> bool:
        return len(self.productos) == DE_CADA_GRUPO

    @property
    def mas_lotes(self) -> bool:
        return len(self.lotes) == DE_CADA_GRUPO

    @property
    def unico(self) -> Producto | Lote | None:
        """El único que es exactamente lo que se escribió, si hay uno solo."""
        return self.exactos[0] if len(self.exactos) == 1 else None


def limpiar(texto: str) -> str:
    """Lo que se puede buscar: recortado, de largo conocido y sin el NUL que la base no admite."""
    return texto.replace("\x00", "").strip()[:LARGO].strip()


def lote_de_etiqueta(texto: str) -> int | None:
    """El número del lote cuya página nombra esa dirección: es lo que lleva el QR de nuestras etiquetas.

    La de otra casa no cuenta, aunque se le parezca: sus lotes no son los nuestros.
    """
    try:
        direccion = urlsplit(texto.strip())
        ajena = bool(direccion.netloc) and not validate_host(direccion.hostname or "", settings.ALLOWED_HOSTS)
        prefijo = get_script_prefix()
        if ajena or not direccion.path.startswith(prefijo):
            return None
        hallada = resolve(f"/{direccion.path.removeprefix(prefijo)}")
    except (ValueError, Resolver404):
        return None
    return int(hallada.kwargs["pk"]) if hallada.view_name == "panel:lote" else None


def numero_escrito(texto: str) -> int | None:
    """El número de lote que dice ese texto: el de su etiqueta, o el que se lee de uno sin código."""
    sin_codigo = _SIN_CODIGO.fullmatch(texto)
    return int(sin_codigo[1]) if sin_codigo else lote_de_etiqueta(texto)


def hallar(texto: str, *, alcance: Alcance = SIN_LIMITE) -> Resultados:
    """Busca el texto en el catálogo y en los lotes de ese alcance, en tres consultas."""
    buscado = limpiar(texto)
    if not buscado:
        return Resultados([], [], [])
    vivos = Producto.objects.vivos()
    productos: list[Producto] = list(
        lo_exacto_primero(
            vivos.que_dicen(buscado) | vivos.filter(con_codigo(buscado)), buscado
        ).select_related("unidad", "categoria")[:DE_CADA_GRUPO]
    )
    lotes = _lotes(buscado, alcance)
    exactos: list[Producto | Lote] = [*Hallados(productos).de_codigo(buscado)]
    exactos += [uno for uno in lotes if _es_el_lote(uno, buscado)]
    return Resultados(productos, lotes, exactos)


def _lotes(texto: str, alcance: Alcance) -> list[Lote]:
    condicion = lotes_que_dicen(texto)
    if (numero := numero_escrito(texto)) is not None:
        condicion |= Q(pk=numero)
    lotes: QuerySet[Lote] = alcance.filtrar(Lote.objects.filter(condicion))
    lotes = lotes.select_related("producto__unidad", "bodega").order_by("-pk")
    # Aparte, porque tiene su índice: ordenar por él lo encontrado obligaría a leerlo todo.
    exactos = list(lotes.filter(codigo__iexact=texto)[:DE_CADA_GRUPO])
    otros = lotes.exclude(pk__in=[uno.pk for uno in exactos])[: DE_CADA_GRUPO - len(exactos)]
    return exactos + list(otros)


def _es_el_lote(lote: Lote, texto: str) -> bool:
    return numero_escrito(texto) == lote.pk or (
        lote.codigo != "" and lote.codigo.casefold() == texto.casefold()
    )
