"""Varias líneas en un formulario, cada una con su producto escrito: lo que comparten entrada y despacho."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.panel.marco.formularios import NADA_CON_ESE_NOMBRE
from inventario.productos.buscar import reconocer

if TYPE_CHECKING:
    _Juego = forms.BaseFormSet[Any]
else:
    _Juego = forms.BaseFormSet

PREFIJO = "lineas"
AL_ABRIR = 3
DE_UNA_VEZ = 3
MAXIMO = 60


class ProductoEscrito(forms.CharField):
    """El producto se escribe: una lista por línea repetiría el catálogo entero tantas veces como líneas.

    Con JavaScript lo que se escribe se busca en el servidor; sin él quedan los primeros, en un `datalist`.
    """

    def __init__(self, **kwargs: Any) -> None:
        buscador = forms.TextInput(
            attrs={
                "list": "productos",
                "autocomplete": "off",
                "data-sugerir": reverse_lazy("panel:buscar_productos"),
                "data-nada": NADA_CON_ESE_NOMBRE,
            }
        )
        super().__init__(label=_("Producto"), max_length=400, widget=buscador, **kwargs)


class LineasDeProductos(_Juego):
    """Reconoce los productos de todas las líneas en una consulta, y a cada buena la comprueba."""

    def initial_form_count(self) -> int:
        # Una línea que vino escrita también se puede vaciar.
        return 0 if self.is_bound else super().initial_form_count()

    def llenas(self) -> list[Any]:
        """Las que tienen algo escrito, en su orden."""
        return [linea for linea in self.forms if linea.has_changed()]

    def clean(self) -> None:
        llenas = self.llenas()
        if not llenas:
            raise forms.ValidationError(traducir("Escriba al menos una línea."))
        conocidos = reconocer({texto for linea in llenas if (texto := linea.cleaned_data.get("producto"))})
        for linea in llenas:
            texto = linea.cleaned_data.get("producto")
            if not texto:
                continue
            halladas = conocidos[texto]
            if len(halladas) != 1:
                linea.add_error(
                    "producto",
                    traducir("Hay varios con ese nombre: escriba su SKU.")
                    if halladas
                    else traducir("No hay un producto activo con ese SKU, código o nombre."),
                )
                continue
            linea.cleaned_data["producto"] = halladas[0]
            if not linea.errors:
                self.comprobar(linea)

    def comprobar(self, linea: Any) -> None:
        """Anota en la línea lo que el libro rechazaría sin decir de cuál es; su producto ya se reconoció."""
        raise NotImplementedError


Juego = TypeVar("Juego", bound=LineasDeProductos)


def juego_de(clase: type[Juego], linea: type[forms.Form], *, extra: int) -> type[Juego]:
    """La clase del juego de esas líneas, con el tope de la casa."""
    hecha = forms.formset_factory(
        linea, formset=clase, extra=extra, max_num=MAXIMO, absolute_max=MAXIMO, validate_max=True
    )
    # Los tipos de Django no saben que la clase hecha es la de `formset`.
    return cast("type[Juego]", hecha)


def escritas(enviado: QueryDict, campos: Iterable[str]) -> list[dict[str, str]]:
    """Lo que vino en cada línea, tal como se escribió, sin comprobar nada."""
    nombres = list(campos)
    hay = min(entero(enviado.get(f"{PREFIJO}-TOTAL_FORMS")), MAXIMO)
    return [{campo: enviado.get(f"{PREFIJO}-{i}-{campo}", "") for campo in nombres} for i in range(hay)]


def entero(texto: str | None) -> int:
    """El número escrito; cero, si no lo es."""
    return int(texto) if texto and texto.isdecimal() and len(texto) < 10 else 0
