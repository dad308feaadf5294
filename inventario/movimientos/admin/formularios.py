"""Lo que cada verbo pregunta. Las reglas son del servicio; aquí solo la forma del dato."""

from __future__ import annotations

from django import forms

from inventario.borde.admin.campos import CantidadCampo
from inventario.borde.admin.verbos import FormularioDeVerbo
from inventario.movimientos.models import Motivo, TipoAsiento
from inventario.movimientos.models.tipos import PERDIDAS, opciones_de
from inventario.movimientos.services.bloqueos import LARGO_DEL_MOTIVO
from inventario.nucleo.cantidades import PASO

EXPLICACION_MINIMA = 10
EXPLICACION_MAXIMA = 500


def _explicacion(ayuda: str) -> forms.CharField:
    return forms.CharField(
        label="Explicación",
        min_length=EXPLICACION_MINIMA,
        max_length=EXPLICACION_MAXIMA,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text=ayuda,
    )


class BloqueoForm(FormularioDeVerbo):
    motivo = forms.CharField(
        label="Motivo", max_length=LARGO_DEL_MOTIVO, widget=forms.TextInput(attrs={"class": "vTextField"})
    )


class ReversoForm(FormularioDeVerbo):
    explicacion = _explicacion("Queda en el libro: qué estaba mal en el asiento.")


class MermaForm(FormularioDeVerbo):
    cantidad = CantidadCampo(label="Cantidad", min_value=PASO)
    motivo = forms.ChoiceField(label="Motivo", choices=opciones_de(*PERDIDAS))
    texto = _explicacion("Qué pasó con lo que se da de baja.")


class AjusteForm(FormularioDeVerbo):
    diferencia = CantidadCampo(label="Diferencia", help_text="Positiva suma al lote; negativa resta.")
    motivo = forms.ChoiceField(label="Motivo", choices=opciones_de(TipoAsiento.AJUSTE))
    texto = _explicacion("Por qué cambia lo que el libro decía.")


class ConteoForm(FormularioDeVerbo):
    contada = CantidadCampo(label="Cantidad contada", min_value=0)
    motivo = forms.ChoiceField(
        label="Motivo", choices=opciones_de(TipoAsiento.AJUSTE), initial=Motivo.CONTEO.value
    )
    texto = _explicacion("Quién contó y cómo.")
