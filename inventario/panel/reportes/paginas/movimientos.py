"""Cada línea del libro entre dos días."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models import TipoMovimiento
from inventario.panel.marco.formularios import ProductoCampo
from inventario.panel.reportes.filtros import FiltroDeRango
from inventario.panel.reportes.pagina import POR_PAGINA, Pagina, Parametros, Visto, de_dinero
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito


class FiltroDeMovimientos(FiltroDeRango):
    producto = ProductoCampo(required=False, empty_label=_("Todos los productos"))
    tipo = forms.ChoiceField(
        label=_("Tipo"), required=False, choices=[("", _("Todos")), *TipoMovimiento.choices]
    )

    def parametros(self, ambito: Ambito) -> dict[str, Any]:
        parametros = super().parametros(ambito)
        producto = parametros.pop("producto", None)
        return parametros if producto is None else {**parametros, "producto_id": producto.pk}


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    rango = informes.movimientos_en_rango(ambito, **parametros)
    totales = rango.totales()
    paginas = max(1, -(-totales.lineas // POR_PAGINA))
    pedida = consulta.get("pagina", "")
    numero = min(int(pedida) if pedida.isdecimal() and len(pedida) < 9 else 1, paginas) or 1
    # Contar otra vez costaría lo mismo que los totales: la hoja se arma sobre un rango de ese largo.
    hoja = Paginator(range(totales.lineas), POR_PAGINA).page(numero)
    desde = (numero - 1) * POR_PAGINA
    return Visto(
        list(rango.consulta[desde : desde + POR_PAGINA]),
        totales.lineas,
        cifras=[
            de_dinero(traducir("Valor de lo que entró"), totales.valor_entradas),
            de_dinero(traducir("Valor de lo que salió"), totales.valor_salidas),
        ],
        pagina=hoja,
    )


PAGINA = Pagina(
    clave="movimientos-por-rango-fecha",
    explica=_("Cada línea del libro entre dos días, con quién, por qué y para quién."),
    dibujo="switch-horizontal",
    filtro=FiltroDeMovimientos,
    columnas=(
        "fecha_movimiento",
        "tipo",
        "producto_nombre",
        "lote_codigo",
        "bodega",
        "cantidad",
        "unidad",
        "costo",
        "asiento",
        "usuario",
        "modulo",
    ),
    ver=ver,
    vacio=_("No se movió nada en esas fechas."),
    a_trozos=lambda ambito, **parametros: informes.movimientos_en_rango(ambito, **parametros).consulta,
)
