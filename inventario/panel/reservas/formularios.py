"""Lo que se escribe de una reserva: por qué se la busca, qué se guarda y cómo se resuelve."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models import Apartado
from inventario.movimientos.models.modulos import modulos_llamados
from inventario.panel.marco.filtros import Filtro
from inventario.panel.marco.formularios import CantidadCampo, Formulario, ProductoCampo
from inventario.panel.mover.formulario import BodegaCampo, FormularioDeOperacion
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva
from inventario.reservas.querysets import ReservaQuerySet
from inventario.reservas.services import HORAS_HABITUALES, HORAS_MAXIMAS, HORAS_MINIMAS, Resto

TODAS = "todas"


class FiltroDeReservas(Filtro):
    field_order = ("estado", "producto", "bodega", "modulo")

    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[
            ("", _("Pendientes")),
            (EstadoReserva.CONFIRMADA.value, _("Confirmadas")),
            (EstadoReserva.CANCELADA.value, _("Canceladas")),
            (EstadoReserva.VENCIDA.value, _("Vencidas")),
            (TODAS, _("Todas")),
        ],
    )
    modulo = forms.CharField(
        label=_("Módulo"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    @property
    def solo_pendientes(self) -> bool:
        return self.elegido("estado") is None

    def aplicar(self, ahora: datetime) -> ReservaQuerySet:
        """Las reservas al alcance que cumplen el filtro, sin orden; el estado es el de este instante."""
        reservas: ReservaQuerySet = Reserva.objects.all()
        estado = self.elegido("estado") or EstadoReserva.PENDIENTE
        if estado != TODAS:
            reservas = reservas.en_estado(EstadoReserva(estado), ahora)
        reservas = self.alcance.filtrar(reservas, "apartado__bodega")
        if producto := self.elegido("producto"):
            reservas = reservas.filter(apartado__producto=producto)
        if modulo := self.elegido("modulo"):
            reservas = reservas.filter(apartado__modulo__in=modulos_llamados(Apartado, modulo))
        return reservas


class HorasCampo(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=HORAS_MINIMAS,
            max_value=HORAS_MAXIMAS,
            help_text=_("De 1 hora a 30 días (720 horas), desde ahora."),
            **kwargs,
        )


class ReservaFormulario(FormularioDeOperacion):
    """Los largos son los de las columnas del apartado."""

    MAS = ("referencia", "notas")
    field_order = ("producto", "cantidad", "bodega", "horas", "modulo", *MAS)

    producto = ProductoCampo()
    cantidad = CantidadCampo()
    bodega = BodegaCampo()
    horas = HorasCampo(label=_("Horas que se guarda"), initial=HORAS_HABITUALES)
    modulo = forms.CharField(
        label=_("Módulo"),
        max_length=64,
        required=False,
        help_text=_("Para quién se guarda: al despachar, gasta primero lo suyo."),
    )
    referencia = forms.CharField(
        label=_("Referencia"),
        max_length=64,
        required=False,
        help_text=_("El tanque o el lote de siembra para el que se guarda."),
    )
    notas = forms.CharField(
        label=_("Notas"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ConfirmarFormulario(Formulario):
    cantidad = CantidadCampo(required=False, help_text=_("Si la deja vacía, todo lo que resta."))
    resto = forms.ChoiceField(label=_("Si no es todo, lo demás"), required=False, choices=Resto.choices)


class CancelarFormulario(Formulario):
    motivo = forms.CharField(label=_("Por qué se cancela"), max_length=255)


class ExtenderFormulario(Formulario):
    horas = HorasCampo(label=_("Que dure, en horas"), initial=HORAS_HABITUALES)
