"""La rotación y la cobertura de cada producto."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.panel.reportes.celdas import veces
from inventario.panel.reportes.filtros import PERIODO_MAXIMO, FiltroDeReporte
from inventario.panel.reportes.pagina import (
    EN_EL_GRAFICO,
    Cifra,
    Pagina,
    Parametros,
    Visto,
    barras,
    de_dinero,
    por_paginas,
)
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.rotacion_y_cobertura import ROTACION_DIAS


class FiltroDeRotacion(FiltroDeReporte):
    dias = forms.IntegerField(
        label=_("Días completos antes de hoy"), min_value=1, max_value=PERIODO_MAXIMO, initial=ROTACION_DIAS
    )
    field_order = ("dias", "bodega")

    def mas_corto(self, consulta: QueryDict) -> QueryDict | None:
        if "dias" in consulta:
            return None
        corta = consulta.copy()
        corta["dias"] = str(self.DIAS_SI_ES_MUCHO)
        return corta


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    rota = informes.rotacion(ambito, **parametros)
    # Vienen primero los que se agotan antes, y al final los que no se consumen.
    pronto = [
        (fila.producto.nombre, dias)
        for fila in rota.filas[:EN_EL_GRAFICO]
        if (dias := fila.dias_de_cobertura) is not None
    ]
    return por_paginas(
        rota.filas,
        consulta,
        cifras=[
            de_dinero(traducir("Costo de lo consumido"), rota.costo_consumido),
            de_dinero(traducir("Valor promedio"), rota.valor_promedio),
            Cifra(traducir("Rotación"), veces(rota.rotacion)),
        ],
        grafico=barras(traducir("Días de cobertura"), pronto),
    )


PAGINA = Pagina(
    clave="rotacion",
    explica=_("Cuántas veces se renueva lo que hay y para cuántos días alcanza."),
    dibujo="refresh",
    filtro=FiltroDeRotacion,
    columnas=(
        "producto_nombre",
        "utilizable",
        "unidad",
        "consumo_diario",
        "costo_consumido",
        "rotacion_anual",
        "dias_de_cobertura",
        "se_agota_el",
    ),
    ver=ver,
    vacio=_("No hay existencias ni movimientos en esos días."),
    del_grafico=_("Los que se agotan antes, en días de cobertura"),
)
