"""Lo que usó cada módulo y cada tanque."""

from __future__ import annotations

from typing import Any

from django import forms
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


class FiltroDeConsumo(FiltroDeRango):
    # Cada tanque tiene su fila de cada producto: en siete días ya son miles.
    DIAS_SI_ES_MUCHO = 3

    modulo = forms.CharField(label=_("Módulo"), max_length=64, required=False)

    def parametros(self, ambito: Ambito) -> dict[str, Any]:
        parametros = super().parametros(ambito)
        # Vacío en el formulario es «todos»; lo que salió sin módulo se ve en su renglón.
        if parametros["modulo"] == "":
            del parametros["modulo"]
        return parametros


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    usado = informes.consumo_por_modulo(ambito, **parametros)
    pares = [(uno.modulo or traducir("Sin módulo"), en_dinero(uno.costo)) for uno in usado.por_modulo]
    return por_paginas(
        usado.filas,
        consulta,
        cifras=[de_dinero(traducir("Costo de lo consumido"), usado.costo)],
        grafico=barras(traducir("Costo"), pares),
        resumen=en_tabla(pares),
    )


PAGINA = Pagina(
    clave="consumo-por-modulo",
    explica=_("Lo que usó cada módulo y cada tanque, y cuánto costó."),
    dibujo="fish",
    filtro=FiltroDeConsumo,
    columnas=(
        "modulo",
        "tanque",
        "producto_nombre",
        "cantidad",
        "unidad",
        "costo",
        "lineas",
        "ultimo",
    ),
    ver=ver,
    vacio=_("No se usó nada en esas fechas."),
    del_grafico=_("Costo por módulo"),
)
