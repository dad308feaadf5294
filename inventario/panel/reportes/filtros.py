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
from inventario.nucleo.reloj import PRIMER_DIA, ULTIMO_DIA
from inventario.panel.marco.formularios import FechaCampo, Formulario, ProductoCampo
from inventario.panel.marco.nombres import TIPOS_DE_MOVIMIENTO
from inventario.panel.mover.formulario import bodegas_de
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.existencias import TOP, TOP_MAXIMO
from inventario.reportes.informes.valor import ROTACION_DIAS
from inventario.reportes.informes.vencimientos import AVISO_DIAS, CONSUMO_DIAS, HORIZONTE_DIAS

DIAS_DE_RANGO = 30
DIAS_MAXIMOS = 3650
PERIODO_MAXIMO = 366


class Pedido(Formulario):
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


class DeTop(Pedido):
    POR_BODEGA = False
    n = forms.IntegerField(label=_("Cuántos productos"), min_value=1, max_value=TOP_MAXIMO, initial=TOP)


class DeInventario(Pedido):
    POR_BODEGA = False


class DePorVencer(Pedido):
    dias = forms.IntegerField(
        label=_("Vencen dentro de (días)"), min_value=1, max_value=DIAS_MAXIMOS, initial=AVISO_DIAS
    )
    incluir_vencidos = forms.BooleanField(label=_("Con los ya vencidos"), required=False)
    field_order = ("dias", "bodega", "incluir_vencidos")


class DeRango(Pedido):
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
            if dia is not None and not PRIMER_DIA <= dia <= ULTIMO_DIA:
                self.add_error(campo, traducir("Esa fecha está fuera del calendario."))
        desde, hasta = self.cleaned_data.get("desde"), self.cleaned_data.get("hasta")
        if desde is not None and hasta is not None and desde > hasta:
            self.add_error("hasta", traducir("No puede ser antes de la primera fecha."))
        return datos


class DeMovimientos(DeRango):
    producto = ProductoCampo(required=False, empty_label=_("Todos los productos"))
    tipo = forms.ChoiceField(
        label=_("Tipo"), required=False, choices=[("", _("Todos")), *TIPOS_DE_MOVIMIENTO.items()]
    )

    def parametros(self, ambito: Ambito) -> dict[str, Any]:
        pedidos = super().parametros(ambito)
        producto = pedidos.pop("producto", None)
        return pedidos if producto is None else {**pedidos, "producto_id": producto.pk}


class DeKardex(DeRango):
    producto = ProductoCampo()

    def parametros(self, ambito: Ambito) -> dict[str, Any]:
        pedidos = super().parametros(ambito)
        pedidos["producto_id"] = pedidos.pop("producto").pk
        return pedidos


class DeValor(Pedido):
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


class DeRotacion(Pedido):
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


class DeSinUsarse(Pedido):
    dias_de_consumo = forms.IntegerField(
        label=_("Ritmo de los últimos (días)"), min_value=1, max_value=PERIODO_MAXIMO, initial=CONSUMO_DIAS
    )
    horizonte = forms.IntegerField(
        label=_("Vencen dentro de (días)"), min_value=1, max_value=DIAS_MAXIMOS, initial=HORIZONTE_DIAS
    )
    field_order = ("dias_de_consumo", "horizonte", "bodega")


class DeConsumo(DeRango):
    # Cada tanque tiene su fila de cada producto: en siete días ya son miles.
    DIAS_SI_ES_MUCHO = 3

    modulo = forms.CharField(label=_("Módulo"), max_length=64, required=False)

    def parametros(self, ambito: Ambito) -> dict[str, Any]:
        pedidos = super().parametros(ambito)
        # Vacío en el formulario es «todos»; lo que salió sin módulo se ve en su renglón.
        return pedidos if pedidos.pop("modulo") == "" else {**pedidos, "modulo": self.cleaned_data["modulo"]}
