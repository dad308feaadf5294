"""Lo que vencerá antes de usarse, al ritmo de los últimos días."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.panel.reportes.filtros import DIAS_MAXIMOS, PERIODO_MAXIMO, FiltroDeReporte
from inventario.panel.reportes.pagina import (
    Pagina,
    Parametros,
    Visto,
    barras,
    de_dinero,
    en_tabla,
    mas_caros,
    por_paginas,
)
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.sin_usarse import CONSUMO_DIAS, HORIZONTE_DIAS


class FiltroDeSinUsarse(FiltroDeReporte):
    dias_de_consumo = forms.IntegerField(
        label=_("Ritmo de los últimos (días)"), min_value=1, max_value=PERIODO_MAXIMO, initial=CONSUMO_DIAS
    )
    horizonte = forms.IntegerField(
        label=_("Vencen dentro de (días)"), min_value=1, max_value=DIAS_MAXIMOS, initial=HORIZONTE_DIAS
    )
    field_order = ("dias_de_consumo", "horizonte", "bodega")


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    sobra = informes.vencera_sin_usarse(ambito, **parametros)
    caros = mas_caros(sobra.filas, lambda fila: fila.valor)
    return por_paginas(
        sobra.filas,
        consulta,
        cifras=[de_dinero(traducir("Valor que se perderá"), sobra.valor)],
        grafico=barras(traducir("Valor que se perderá"), caros),
        resumen=en_tabla(caros),
    )


PAGINA = Pagina(
    clave="vencera-sin-usarse",
    explica=_(
        "De cada lote, cuánto sobrará el día en que vence si se sigue usando al mismo ritmo. Lo que "
        "sale por traslado no cuenta como uso: sigue en la empresa y todavía puede vencer."
    ),
    dibujo="calendar-due",
    filtro=FiltroDeSinUsarse,
    columnas=(
        "producto_nombre",
        "codigo",
        "fecha_vencimiento",
        "cantidad_actual",
        "consumo_diario",
        "sobrara",
        "unidad",
        "valor",
    ),
    ver=ver,
    vacio=_("A este ritmo todo se usará antes de vencer."),
    del_grafico=_("Los productos que más dinero perderían"),
)
