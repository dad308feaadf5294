"""Todos los productos, con lo que hay de cada uno."""

from __future__ import annotations

from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.existencias.productos import bajo_minimo, sin_existencias
from inventario.panel.reportes.filtros import FiltroDeReporte
from inventario.panel.reportes.pagina import Cifra, Pagina, Parametros, Visto, por_paginas
from inventario.productos.models import Producto
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito


class FiltroDeInventario(FiltroDeReporte):
    POR_BODEGA = False


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    # Solo se cuenta lo de esta página: el catálogo entero se lleva en el archivo.
    visto = por_paginas(informes.productos(), consulta)
    vivos = Producto.objects.vivos()
    return replace(
        visto,
        filas=informes.contar(ambito, visto.filas),
        cifras=[
            Cifra(
                traducir("Bajo el mínimo"),
                str(bajo_minimo(vivos, ahora=ambito.ahora, hoy=ambito.hoy).count()),
            ),
            Cifra(traducir("Sin existencia"), str(sin_existencias(vivos, ambito.alcance).count())),
        ],
    )


PAGINA = Pagina(
    clave="inventario-basico",
    explica=_("Todos los productos con lo que hay de cada uno."),
    dibujo="layout-list",
    filtro=FiltroDeInventario,
    columnas=(
        "nombre",
        "sku",
        "categoria",
        "cantidad_actual",
        "unidad",
        "cantidad_disponible",
        "stock_minimo",
        "bajo_minimo",
    ),
    ver=ver,
    vacio=_("Todavía no hay productos."),
)
