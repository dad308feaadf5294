"""Los campos de las páginas: lo que una persona escribe con la mano, leído sin adivinar."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.urls import reverse_lazy
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.nucleo.cantidades import DECIMALES
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE, nueva_clave
from inventario.productos.buscar import nombrar, reconocer
from inventario.productos.models import Producto
from inventario.productos.querysets import ProductoQuerySet

if TYPE_CHECKING:
    _EleccionDeProducto = forms.ModelChoiceField[Producto]
else:
    _EleccionDeProducto = forms.ModelChoiceField

NADA_CON_ESE_NOMBRE = _("Nada con ese nombre, SKU o código.")


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
    """Formulario de página. Si mueve existencias lleva una clave, la misma hasta que se abre otro.

    `clave` es la que ya tenía, cuando se dibuja otra vez con más o menos cosas: lo enviado con ella pudo
    guardarse sin que llegara la respuesta.
    """

    def __init__(self, *args: Any, clave: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self._clave = clave
        self.vestir()

    @property
    def clave(self) -> str:
        """La del envío, si vuelve con errores; si no, la que tenía o una nueva."""
        return str(self.data.get(CAMPO_DE_CLAVE) or self._clave or nueva_clave())


class FormularioDeAcceso(ConEstilo, AuthenticationForm):
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
            raise forms.ValidationError(traducir("Escriba la cantidad sin separar los miles: 1234,5."))
        # La página escribe así los miles: leerlo como decimal movería mil veces menos de lo que se quiso.
        miles = get_format("THOUSAND_SEPARATOR")
        if re.fullmatch(rf"[-+]?[1-9][0-9]{{0,2}}{re.escape(miles)}[0-9]{{3}}", texto):
            raise forms.ValidationError(
                traducir("«%(escrito)s» se puede leer de dos maneras: escriba %(entero)s o %(decimal)s.")
                % {
                    "escrito": texto,
                    "entero": texto.replace(miles, ""),
                    "decimal": texto.replace(miles, get_format("DECIMAL_SEPARATOR")),
                }
            )
        try:
            return Decimal(texto.replace(",", "."))
        except InvalidOperation:
            raise forms.ValidationError(traducir("Escriba un número.")) from None


class FechaCampo(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)


class _Escrito(str):
    """Lo que alguien sin JavaScript escribió para nombrar un producto."""


class BuscadorDeProducto(forms.Select):
    """Una lista que con JavaScript se vuelve un buscador.

    Cuando el catálogo no cabe en una lista, quien no tiene JavaScript escribe el SKU o el nombre.
    """

    cabe = True

    def __init__(self, consulta: str = "") -> None:
        super().__init__(
            attrs={
                "data-buscar": reverse_lazy("panel:buscar_productos"),
                "data-consulta": consulta,
                "data-nada": NADA_CON_ESE_NOMBRE,
            }
        )

    def use_required_attribute(self, initial: Any) -> bool:
        # La lista puede no traer nada que elegir: exigirla impediría enviar lo escrito.
        return False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        elegido = super().value_from_datadict(data, files, name)
        escrito = str(data.get(f"{name}_escrito") or "").replace("\x00", "").strip()
        return elegido or (_Escrito(escrito) if escrito else elegido)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        # Primero la lista: al dibujarla se sabe si cabe.
        lista = super().render(name, value, attrs, renderer)
        if self.cabe:
            return lista
        return format_html(
            '{}<noscript><input class="form-control mt-2" name="{}_escrito" value="{}" maxlength="300" '
            'autocomplete="off" aria-label="{}" placeholder="{}"></noscript>',
            lista,
            name,
            value if isinstance(value, _Escrito) else "",
            traducir("Producto, por su SKU, código de barras o nombre"),
            traducir("SKU, código de barras o nombre"),
        )


class ProductoCampo(_EleccionDeProducto):
    """Un producto activo. Con JavaScript se busca al escribir; sin él, es una lista o se escribe."""

    # Más no caben en una lista que se recorre a mano, ni conviene mandarlos a quien va a buscar.
    SIN_BUSCAR = 200

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Producto"))
        kwargs.setdefault("empty_label", _("Elija un producto"))
        kwargs.setdefault("widget", BuscadorDeProducto())
        super().__init__(queryset=Producto._base_manager.none(), **kwargs)

    def elegibles(self) -> ProductoQuerySet:
        """Los que se aceptan; a la vista van los activos."""
        productos: ProductoQuerySet = Producto.objects.activos()
        return productos

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        self.queryset = self.elegibles()
        enlazado = super().get_bound_field(form, field_name)
        # Al dibujar y no antes: quien solo valida no las lee.
        self.choices = lambda: self._opciones(enlazado.value())
        return enlazado

    def _opciones(self, valor: Any) -> list[tuple[Any, Any]]:
        ofrecidos = list(Producto.objects.activos().order_by("nombre", "pk")[: self.SIN_BUSCAR + 1])
        assert isinstance(self.widget, BuscadorDeProducto)
        self.widget.cabe = len(ofrecidos) <= self.SIN_BUSCAR
        if not self.widget.cabe:
            ofrecidos = []
        elegido = self._con_pk(valor)
        if elegido is not None and elegido not in ofrecidos:
            ofrecidos.append(elegido)
        return [("", self.empty_label), *((uno.pk, self.label_from_instance(uno)) for uno in ofrecidos)]

    def _con_pk(self, valor: Any) -> Producto | None:
        if isinstance(valor, Producto):
            return valor
        if isinstance(valor, _Escrito) or not re.fullmatch(r"[0-9]{1,18}", str(valor or "")):
            return None
        return self.elegibles().filter(pk=int(valor)).first()

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, _Escrito):
            return super().to_python(value)
        encontrados = [uno for uno in reconocer([value])[value] if uno.activo]
        if len(encontrados) == 1:
            return encontrados[0]
        if encontrados:
            raise forms.ValidationError(traducir("Varios productos se llaman así: escriba el SKU."))
        raise forms.ValidationError(
            traducir("Ningún producto se llama así: escriba el SKU o el nombre completo.")
        )

    def label_from_instance(self, obj: Any) -> str:
        return nombrar(obj)
