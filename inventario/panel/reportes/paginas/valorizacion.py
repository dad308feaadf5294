"""Cuánto vale lo que hay, o lo que había al cerrar un día."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.nucleo.reloj import PRIMER_DIA
from inventario.panel.marco.formularios import FechaCampo
from inventario.panel.reportes.filtros import FiltroDeReporte
from inventario.panel.reportes.pagina import (
    Cifra,
    Pagina,
    Parametros,
    Visto,
    barras,
    de_dinero,
    en_tabla,
    mas_caros,
    por_paginas,
)
from inventario.panel.templatetags import formatos
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito


class FiltroDeValor(FiltroDeReporte):
    fecha = FechaCampo(label=_("Al cierre del día"), required=False, help_text=_("Vacía: ahora."))
    field_order = ("fecha", "bodega")

    def clean_fecha(self) -> date | None:
        fecha: date | None = self.cleaned_data["fecha"]
        if fecha is not None and not PRIMER_DIA <= fecha <= self.hoy:
            raise forms.ValidationError(traducir("No puede ser un día futuro ni de otro siglo."))
        return fecha

    def parametros(self, ambito: Ambito) -> dict[str, Any]:
        fecha = self.cleaned_data["fecha"]
        if fecha is None:
            return {}
        return {"instante": ambito.rango(fecha, fecha)[1] - timedelta(microseconds=1)}


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    valores = informes.valorizacion(ambito, **parametros)
    caros = mas_caros(valores.filas, lambda fila: fila.valor)
    return por_paginas(
        valores.filas,
        consulta,
        cifras=[
            de_dinero(traducir("Valor del inventario"), valores.valor),
            Cifra(traducir("Al"), formatos.momento(valores.al)),
        ],
        grafico=barras(traducir("Valor"), caros),
        resumen=en_tabla(caros),
    )


PAGINA = Pagina(
    clave="valorizacion",
    explica=_("Cuánto vale lo que hay, o lo que había al cerrar un día, lote por lote a su costo."),
    dibujo="tag",
    filtro=FiltroDeValor,
    columnas=(
        "producto_nombre",
        "producto_sku",
        "cantidad",
        "unidad",
        "costo_medio",
        "valor",
    ),
    ver=ver,
    vacio=_("En ese momento no había nada."),
    del_grafico=_("Los productos que más valen"),
)
