"""Los campos de las páginas: lo que una persona escribe con la mano, leído sin adivinar."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.urls import reverse_lazy
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from inventario.nucleo.cantidades import DECIMALES
from inventario.panel.comun import CAMPO_DE_CLAVE, nueva_clave
from inventario.productos.models import Producto

if TYPE_CHECKING:
    _EleccionDeProducto = forms.ModelChoiceField[Producto]
else:
    _EleccionDeProducto = forms.ModelChoiceField


class ConEstilo:
    """Da a cada campo la clase que le toca y lo enlaza con su ayuda y su error."""

    fields: dict[str, forms.Field]

    def vestir(self) -> None:
        for campo in self.fields.values():
            widget = campo.widget
            if isinstance(widget, forms.CheckboxInput):
                clase = "form-check-input"
            elif isinstance(widget, forms.Select):
                clase = "form-select"
            else:
                clase = "form-control"
            widget.attrs["class"] = f"{clase} {widget.attrs.get('class', '')}".strip()


class Formulario(ConEstilo, forms.Form):
    """Formulario de página. Si mueve existencias lleva una clave nueva cada vez que se dibuja."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.vestir()

    @property
    def clave(self) -> str:
        """La del envío, si vuelve con errores; si no, una nueva."""
        return str(self.data.get(CAMPO_DE_CLAVE) or nueva_clave())


class FormularioDeEntrada(ConEstilo, AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.vestir()


class CantidadCampo(forms.DecimalField):
    """Admite coma o punto para los decimales; con los dos, o con varios, no adivina."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Cantidad"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_digits=15, decimal_places=DECIMALES, **kwargs)

    def to_python(self, value: Any) -> Any:
        texto = str(value or "").strip()
        if not texto:
            return None
        if texto.count(",") + texto.count(".") > 1:
            raise forms.ValidationError(_("Escriba la cantidad sin separar los miles: 1234,5."))
        # La página escribe así los miles: leerlo como decimal movería mil veces menos de lo que se quiso.
        miles = get_format("THOUSAND_SEPARATOR")
        if re.fullmatch(rf"[-+]?[1-9][0-9]{{0,2}}{re.escape(miles)}[0-9]{{3}}", texto):
            raise forms.ValidationError(
                _("«%(escrito)s» se puede leer de dos maneras: escriba %(entero)s o %(decimal)s.")
                % {
                    "escrito": texto,
                    "entero": texto.replace(miles, ""),
                    "decimal": texto.replace(miles, get_format("DECIMAL_SEPARATOR")),
                }
            )
        try:
            return Decimal(texto.replace(",", "."))
        except InvalidOperation:
            raise forms.ValidationError(_("Escriba un número.")) from None


class FechaCampo(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)


class ProductoCampo(_EleccionDeProducto):
    """Un producto activo. Con JavaScript se busca al escribir; sin él, es una lista."""

    # Más no caben en una lista que se recorre a mano: quien tiene más, busca.
    SIN_BUSCAR = 500

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Producto"))
        kwargs.setdefault("empty_label", _("Elija un producto"))
        kwargs.setdefault(
            "widget", forms.Select(attrs={"data-buscar": reverse_lazy("panel:buscar_productos")})
        )
        super().__init__(queryset=Producto._base_manager.none(), **kwargs)

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        self.queryset = Producto.objects.activos().order_by("nombre", "pk")
        return super().get_bound_field(form, field_name)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.nombre} ({obj.sku})" if obj.sku else str(obj.nombre)
