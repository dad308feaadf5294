"""Lo que se escribe de una persona: a quién se invita, qué podrá hacer y hasta dónde llega."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.alcance import son_varias
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Rol
from inventario.nucleo.alcance import Alcance
from inventario.panel.marco.formularios import Formulario


class AccesoFormulario(Formulario):
    """El rol y las bodegas. Con una sola bodega no se pregunta por ellas (decisión 3)."""

    rol = forms.ChoiceField(label=_("Rol"), choices=Rol.choices, initial=Rol.OPERADOR)
    bodega: forms.ModelChoiceField[Bodega] = forms.ModelChoiceField(
        label=_("Bodega habitual"),
        queryset=None,
        required=False,
        empty_label=_("La principal"),
        help_text=_("En la que trabaja si no dice otra."),
    )
    limitada_a: forms.ModelMultipleChoiceField[Bodega] = forms.ModelMultipleChoiceField(
        label=_("Bodegas a las que llega"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Sin marcar ninguna llega a todas las que usted alcanza."),
    )

    def __init__(self, *args: Any, alcance: Alcance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        suyas = alcance.filtrar(Bodega.objects.all(), "pk")
        if son_varias(suyas):
            self._de_bodegas("bodega").queryset = suyas.filter(activa=True)
            self._de_bodegas("limitada_a").queryset = suyas
            self.fields["limitada_a"].widget.attrs["class"] = "form-check-input"
        else:
            del self.fields["bodega"], self.fields["limitada_a"]

    def _de_bodegas(self, nombre: str) -> Any:
        return self.fields[nombre]


class InvitarFormulario(AccesoFormulario):
    field_order = ("correo", "nombre", "rol")

    correo = forms.EmailField(
        label=_("Correo"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    nombre = forms.CharField(
        label=_("Nombre"),
        max_length=255,
        required=False,
        help_text=_("Para reconocer la invitación: cada persona escribe el suyo al aceptar."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MiembroFormulario(AccesoFormulario):
    activa = forms.BooleanField(
        label=_("Puede entrar a la empresa"),
        required=False,
        help_text=_("Sin marcar deja de entrar desde ya; lo que hizo se conserva."),
    )


class EstrenoFormulario(Formulario):
    """Lo que elige quien acepta una invitación y todavía no tiene cuenta."""

    nombre = forms.CharField(
        label=_("Su nombre"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contrasena = forms.CharField(
        label=_("Contraseña"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Al menos 8 caracteres, que no sean solo números ni una muy común."),
    )
    repetida = forms.CharField(
        label=_("Otra vez la contraseña"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if "contrasena" in datos and "repetida" in datos and datos["contrasena"] != datos["repetida"]:
            self.add_error("repetida", _("No es igual a la de arriba."))
        return datos
