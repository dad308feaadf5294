"""Lo que se perdió y por qué."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.nucleo.cantidades import en_dinero
from inventario.panel.reportes.filtros import FiltroDeRango
from inventario.panel.reportes.pagina import (
    Pagina,
    Parametros,
    Visto,
    barras,
    de_dinero,
    en_tabla,
    por_paginas,
)
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    perdidas = informes.mermas(ambito, **parametros)
    pares = [(str(uno.motivo.label), en_dinero(uno.costo)) for uno in perdidas.por_motivo]
    return por_paginas(
        perdidas.filas,
        consulta,
        cifras=[de_dinero(traducir("Costo de lo perdido"), perdidas.costo)],
        grafico=barras(traducir("Costo"), pares),
        resumen=en_tabla(pares),
    )


PAGINA = Pagina(
    clave="mermas",
    explica=_("Lo que se perdió, por qué y cuánto costó."),
    dibujo="trash",
    filtro=FiltroDeRango,
    columnas=(
        "motivo",
        "producto_nombre",
        "cantidad",
        "unidad",
        "costo",
        "lineas",
    ),
    ver=ver,
    vacio=_("No se perdió nada en esas fechas."),
    del_grafico=_("Costo por motivo"),
)
