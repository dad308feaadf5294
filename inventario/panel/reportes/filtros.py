"""Lo que se le pregunta a cada reporte, leído y validado."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.alcance import son_varias
from inventario.nucleo.actores import Actor
from inventario.nucleo.reloj import cabe
from inventario.panel.marco.formularios import FechaCampo, Formulario
from inventario.panel.mover.formulario import bodegas_de
from inventario.reportes.ambito import Ambito

DIAS_DE_RANGO = 30
DIAS_MAXIMOS = 3650
PERIODO_MAXIMO = 366


class FiltroDeReporte(Formulario):
    """Lo que se pide en la dirección; lo que no se nombra vale lo de siempre.

    `parametros` son los del selector; `bodega` va aparte, porque recorta el ámbito de quien pregunta.
    """

    bodega = forms.ChoiceField(label=_("Bodega"), required=False)
    POR_BODEGA = True
    # Lo que se ofrece de entrada a quien mueve tanto que treinta días no se arman mientras espera.
    DIAS_SI_ES_MUCHO = 7

    def __init__(self, consulta: QueryDict, *, actor: Actor, hoy: date) -> None:
        self.hoy = hoy
        habituales = {nombre: campo.initial for nombre, campo in self.base_fields.items()}
        datos = {**habituales, **self.iniciales(), **consulta.dict()}
        super().__init__({nombre: valor for nombre, valor in datos.items() if valor is not None})
        eleccion = self.fields["bodega"]
        assert isinstance(eleccion, forms.ChoiceField)
        suyas = bodegas_de(actor) if self.POR_BODEGA else []
        eleccion.choices = [("", traducir("Todas")), *((str(una.pk), una.nombre) for una in suyas)]
        self.varias = son_varias(suyas)
        if not self.varias:
            del self.fields["bodega"]

    def iniciales(self) -> dict[str, Any]:
        return {}

    def mas_corto(self, consulta: QueryDict) -> QueryDict | None:
        """La misma consulta con menos días, si los días los supuso el sistema y no quien pregunta."""
        return None

    @property
    def de_bodega(self) -> int | None:
        return int(self.cleaned_data.get("bodega") or 0) or None

    def parametros(self, ambito: Ambito) -> dict[str, Any]:
        return {clave: valor for clave, valor in self.cleaned_data.items() if clave != "bodega"}


class FiltroDeRango(FiltroDeReporte):
    desde = FechaCampo(label=_("Desde"))
    hasta = FechaCampo(label=_("Hasta"))
    field_order = ("producto", "desde", "hasta", "tipo", "modulo", "bodega")

    def iniciales(self) -> dict[str, Any]:
        desde = self.hoy - timedelta(days=DIAS_DE_RANGO - 1)
        return {"desde": desde.isoformat(), "hasta": self.hoy.isoformat()}

    def mas_corto(self, consulta: QueryDict) -> QueryDict | None:
        if "desde" in consulta or "hasta" in consulta:
            return None
        corta = consulta.copy()
        corta["desde"] = (self.hoy - timedelta(days=self.DIAS_SI_ES_MUCHO - 1)).isoformat()
        corta["hasta"] = self.hoy.isoformat()
        return corta

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or {}
        for campo in ("desde", "hasta"):
            dia = datos.get(campo)
            if dia is not None and not cabe(dia):
                self.add_error(campo, traducir("Esa fecha está fuera del calendario."))
        desde, hasta = self.cleaned_data.get("desde"), self.cleaned_data.get("hasta")
        if desde is not None and hasta is not None and desde > hasta:
            self.add_error("hasta", traducir("No puede ser antes de la primera fecha."))
        return datos
