"""Los productos de los que hay más."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.panel.reportes.filtros import FiltroDeReporte
from inventario.panel.reportes.pagina import Pagina, Parametros, Visto, barras, por_paginas
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.top import TOP, TOP_MAXIMO


class FiltroDeTop(FiltroDeReporte):
    POR_BODEGA = False
    n = forms.IntegerField(label=_("Cuántos productos"), min_value=1, max_value=TOP_MAXIMO, initial=TOP)


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    filas = informes.top_productos(ambito, **parametros)
    pares = [(fila.producto.nombre, fila.cantidades.fisica) for fila in filas]
    return por_paginas(filas, consulta, grafico=barras(traducir("Cantidad"), pares))


PAGINA = Pagina(
    clave="top-productos-disponibles",
    explica=_("De qué hay más, sumadas todas las bodegas."),
    dibujo="chart-bar",
    filtro=FiltroDeTop,
    columnas=(
        "nombre",
        "sku",
        "categoria",
        "cantidad_actual",
        "unidad",
        "cantidad_disponible",
        "stock_minimo",
    ),
    ver=ver,
    vacio=_("Todavía no hay productos."),
    del_grafico=_("Existencia de cada producto, en su unidad"),
)
