"""Lo que cada quien escribe en su cuenta."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventario.panel.marco.formularios import Formulario

# Calcular la huella de una contraseña cuesta según su largo.
CONTRASENA_MAXIMA = 1024


def _contrasena(rotulo: Any, autocompletar: str) -> forms.CharField:
    # En una contraseña los espacios cuentan.
    return forms.CharField(
        label=rotulo,
        max_length=CONTRASENA_MAXIMA,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocompletar}),
    )


class FormularioDeNombre(Formulario):
    nombre = forms.CharField(
        label=_("Nombre"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class ContrasenaNueva(Formulario):
    """La nueva, dos veces: no se ve lo que se escribe."""

    nueva = _contrasena(_("Contraseña nueva"), "new-password")
    repetida = _contrasena(_("La misma, otra vez"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nueva"].help_text = _(
            "Al menos 8 caracteres, no solo cifras, y que no se parezca a su nombre ni a su correo."
        )

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or {}
        if "nueva" in datos and "repetida" in datos and datos["nueva"] != datos["repetida"]:
            self.add_error("repetida", _("No es igual a la de arriba."))
        return datos


class CambioDeContrasena(ContrasenaNueva):
    actual = _contrasena(_("Contraseña actual"), "current-password")
    field_order = ("actual", "nueva", "repetida")
