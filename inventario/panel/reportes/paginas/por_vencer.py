"""Los lotes con saldo que vencen en los próximos días."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.nucleo.cantidades import CERO, en_dinero
from inventario.panel.reportes.filtros import DIAS_MAXIMOS, FiltroDeReporte
from inventario.panel.reportes.pagina import (
    EN_EL_GRAFICO,
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
from inventario.reportes.informes.vencimientos import AVISO_DIAS


class FiltroDePorVencer(FiltroDeReporte):
    dias = forms.IntegerField(
        label=_("Vencen dentro de (días)"), min_value=1, max_value=DIAS_MAXIMOS, initial=AVISO_DIAS
    )
    incluir_vencidos = forms.BooleanField(label=_("Con los ya vencidos"), required=False)
    field_order = ("dias", "bodega", "incluir_vencidos")


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    # Solo se leen los de esta página; las sumas las hace la base.
    lotes = informes.por_vencer(ambito, **parametros)
    visto = por_paginas(lotes, consulta)
    valores = informes.valor_por_producto(lotes)
    mayores = sorted(valores, key=lambda pk: (-valores[pk], pk))[:EN_EL_GRAFICO]
    productos = informes.productos_de(mayores)
    caros = [(productos[pk].nombre, en_dinero(valores[pk])) for pk in mayores]
    return replace(
        visto,
        filas=informes.con_sus_dias(visto.filas, ambito.hoy),
        cifras=[de_dinero(traducir("Valor de lo que vence"), sum(valores.values(), CERO))],
        grafico=barras(traducir("Valor"), caros),
        resumen=en_tabla(caros),
    )


PAGINA = Pagina(
    clave="lotes-por-vencer",
    explica=_("Los lotes con saldo que vencen en los próximos días y lo que cuestan."),
    dibujo="calendar",
    filtro=FiltroDePorVencer,
    columnas=(
        "producto_nombre",
        "codigo",
        "bodega",
        "fecha_vencimiento",
        "dias_para_vencer",
        "cantidad_actual",
        "unidad",
        "valor",
    ),
    ver=ver,
    vacio=_("Ningún lote vence en esos días."),
    del_grafico=_("Los productos con más dinero por vencer"),
    a_trozos=informes.por_vencer,
)
