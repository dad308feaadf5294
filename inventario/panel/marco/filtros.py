"""Los filtros de una lista: lo que la dirección dice que se quiere ver. Lo mal escrito no filtra."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.alcance import son_varias
from inventario.cuentas.models import Bodega
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.reloj import cabe
from inventario.panel.marco.formularios import BuscadorDeProducto, FechaCampo, Formulario, ProductoCampo
from inventario.productos.models import Producto
from inventario.productos.querysets import ProductoQuerySet


class ProductoDeFiltro(ProductoCampo):
    """Cualquiera que no se haya eliminado: la historia de un inactivo también se mira."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", BuscadorDeProducto("&inactivos=1"))
        super().__init__(required=False, empty_label=_("Todos"), **kwargs)

    def elegibles(self) -> ProductoQuerySet:
        productos: ProductoQuerySet = Producto.objects.vivos()
        return productos


class DiaCampo(FechaCampo):
    """Un día que cabe en el calendario también con su zona."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        dia = super().clean(value)
        if dia is not None and not cabe(dia):
            raise forms.ValidationError(traducir("Escriba una fecha posible."))
        return dia


class FiltroDeBodega(Formulario):
    """Con una sola bodega al alcance no se pregunta cuál (decisión 3)."""

    # Los que ordenan o vienen puestos no hacen que una lista vacía sea «por el filtro».
    NO_FILTRAN: ClassVar[tuple[str, ...]] = ("orden",)

    bodega = forms.TypedChoiceField(label=_("Bodega"), required=False, empty_value=None, coerce=int)

    def __init__(self, datos: QueryDict, *, actor: Actor) -> None:
        super().__init__(datos)
        self.actor = actor
        bodegas = Bodega.objects.order_by("-principal", "nombre", "pk")
        self.al_alcance = list(actor.alcance.filtrar(bodegas, "pk"))
        opciones = [(bodega.pk, bodega.nombre) for bodega in self.al_alcance]
        self.varias = son_varias(self.al_alcance)
        campo = self.fields["bodega"]
        assert isinstance(campo, forms.TypedChoiceField)
        campo.choices = [("", traducir("Todas")), *opciones]
        if not self.varias:
            del self.fields["bodega"]
        self.full_clean()

    def elegido(self, nombre: str) -> Any:
        """Lo que se eligió en ese campo, o `None` si nada o está mal escrito."""
        return self.cleaned_data.get(nombre) or None

    @property
    def alcance(self) -> Alcance:
        """Dónde se busca: en la bodega elegida, o en todas las de quien mira."""
        return self.actor.alcance.solo(self.elegido("bodega"))

    @property
    def pide_algo(self) -> bool:
        return any(self.data.get(nombre) for nombre in self.fields if nombre not in self.NO_FILTRAN)


class Filtro(FiltroDeBodega):
    """El de las listas que se miran de un producto."""

    producto = ProductoDeFiltro()
