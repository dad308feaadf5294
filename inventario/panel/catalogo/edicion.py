"""Crear, cambiar, retirar y eliminar un producto desde su lista o su ficha."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.existencias.historia import tiene_historia
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.errores import Conflicto, ErrorDeDominio, NoEncontrado
from inventario.panel.marco.formularios import CantidadCampo, Formulario
from inventario.panel.marco.pagina import anotar_error, ir_a, mueve, pagina, responder, siguiente_de
from inventario.panel.mover.formulario import escrita
from inventario.productos.buscar import producto_vivo
from inventario.productos.errores import SkuDuplicado, UnidadCongelada
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad
from inventario.productos.models.productos import MINIMO_POR_DEFECTO
from inventario.productos.services import (
    crear_producto,
    desactivar_producto,
    editar_producto,
    eliminar_producto,
    reactivar_producto,
)
from inventario.productos.services.productos import LARGO_CODIGO_BARRAS, LARGO_NOMBRE, LARGO_SKU

if TYPE_CHECKING:
    _EleccionDeUnidad = forms.ModelChoiceField[Unidad]
else:
    _EleccionDeUnidad = forms.ModelChoiceField

# Lo que puede llegar escrito en la dirección, por ejemplo desde un código de barras que nadie tiene.
_PREVIOS = ("nombre", "sku", "codigo_barras")


class UnidadCampo(_EleccionDeUnidad):
    def label_from_instance(self, obj: Unidad) -> str:
        return f"{obj.nombre} ({obj.abreviatura})"


class FormularioDeProducto(Formulario):
    """Los datos del catálogo. Cuánto hay no está: solo lo cambia el libro."""

    nombre = forms.CharField(label=_("Nombre"), max_length=LARGO_NOMBRE)
    sku = forms.CharField(
        label=_("SKU"), max_length=LARGO_SKU, help_text=_("El código con que lo nombra su empresa.")
    )
    unidad = UnidadCampo(
        label=_("Unidad"), queryset=Unidad._base_manager.none(), empty_label=_("Elija la unidad")
    )
    categoria = forms.ModelChoiceField(
        label=_("Categoría"),
        queryset=Categoria._base_manager.none(),
        required=False,
        empty_label=_("Sin categoría"),
    )
    # Con el nombre que les da el servicio: así cada rechazo cae en su campo.
    proveedor_id = forms.ModelChoiceField(
        label=_("Proveedor habitual"),
        queryset=Proveedor._base_manager.none(),
        required=False,
        empty_label=_("Ninguno"),
    )
    codigo_barras = forms.CharField(
        label=_("Código de barras"),
        max_length=LARGO_CODIGO_BARRAS,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Léalo con el lector o escríbalo completo."),
    )
    stock_minimo = CantidadCampo(label=_("Stock mínimo"), help_text=_("Con menos que esto se avisa."))
    minimo_sobre_disponible = forms.BooleanField(
        label=_("Comparar el mínimo con lo disponible"),
        required=False,
        help_text=_("Sin contar lo vencido, lo bloqueado ni lo reservado; si no, con todo lo que hay."),
    )
    punto_reorden = CantidadCampo(
        label=_("Punto de reorden"),
        required=False,
        help_text=_("Con esto o menos, los módulos lo ven entre lo que falta; en 0, nunca. No abre alertas."),
    )
    precio = CantidadCampo(label=_("Precio de venta"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, producto: Producto | None = None, **kwargs: Any) -> None:
        self.producto = producto
        if producto is not None:
            kwargs["initial"] = _valores_de(producto)
        super().__init__(*args, **kwargs)
        self._poner_opciones("unidad", Unidad.objects.order_by("nombre", "pk"), activa=True)
        self._poner_opciones("categoria", Categoria.objects.order_by("nombre", "pk"))
        self._poner_opciones("proveedor_id", Proveedor.objects.order_by("nombre", "pk"), activo=True)
        eleccion = self.fields["unidad"]
        assert isinstance(eleccion, forms.ModelChoiceField)
        if producto is not None:
            # La API inglesa admite productos sin SKU (decisión 23): no hay que inventarle uno para editarlo.
            self.fields["sku"].required = producto.sku is not None
            if tiene_historia(producto):
                eleccion.disabled = True
                eleccion.help_text = traducir("Ya tiene lotes: su unidad no se cambia.")

    def _poner_opciones(self, campo: str, filas: Any, **vigente: bool) -> None:
        """Ofrece lo vigente, y lo que el producto ya tenía aunque ya no lo esté."""
        eleccion = self.fields[campo]
        assert isinstance(eleccion, forms.ModelChoiceField)
        puesta = self.initial.get(campo)
        eleccion.queryset = filas.filter(**vigente) | filas.filter(pk=puesta) if vigente else filas

    def cambios(self) -> Any:
        """Lo que reciben `crear_producto` y, como `CambiosDeProducto`, `editar_producto`."""
        datos = self.cleaned_data
        return {
            "nombre": datos["nombre"],
            "sku": datos["sku"] or None,
            "unidad": datos["unidad"],
            "categoria": datos["categoria"],
            "proveedor": datos["proveedor_id"],
            "codigo_barras": datos["codigo_barras"],
            "stock_minimo": datos["stock_minimo"],
            "minimo_sobre_disponible": datos["minimo_sobre_disponible"],
            "punto_reorden": datos["punto_reorden"] or CERO,
            "precio": datos["precio"],
        }

    def rechazar(self, error: ErrorDeDominio) -> None:
        """Pone el rechazo junto a su campo."""
        if isinstance(error, SkuDuplicado):
            self.add_error("sku", error.mensaje)
        elif isinstance(error, UnidadCongelada):
            self.add_error("unidad", error.mensaje)
        else:
            anotar_error(self, error)


def _valores_de(producto: Producto) -> dict[str, Any]:
    return {
        "nombre": producto.nombre,
        "sku": producto.sku or "",
        "unidad": producto.unidad_id,
        "categoria": producto.categoria_id,
        "proveedor_id": producto.proveedor_id,
        "codigo_barras": producto.codigo_barras,
        "stock_minimo": escrita(producto.stock_minimo),
        "minimo_sobre_disponible": producto.minimo_sobre_disponible,
        "punto_reorden": escrita(producto.punto_reorden),
        "precio": "" if producto.precio is None else escrita(producto.precio),
        "version": producto.version,
    }


@mueve
@pagina(Permiso.CATALOGAR)
def crear(request: HttpRequest) -> HttpResponse:
    formulario = FormularioDeProducto(
        request.POST or None,
        initial={
            "stock_minimo": escrita(MINIMO_POR_DEFECTO),
            "punto_reorden": "0",
            **{campo: request.GET[campo] for campo in _PREVIOS if campo in request.GET},
        },
    )
    if request.method == "POST" and formulario.is_valid():
        try:
            producto = crear_producto(actor=actor_de(request), **formulario.cambios())
        except ErrorDeDominio as error:
            formulario.rechazar(error)
        else:
            messages.success(request, traducir("Se creó «%(producto)s».") % {"producto": producto.nombre})
            return ir_a(request, siguiente_de(request) or reverse("panel:producto", args=[producto.pk]))
    return _dibujar(request, formulario)


@mueve
@pagina(Permiso.CATALOGAR)
def editar(request: HttpRequest, pk: int) -> HttpResponse:
    producto = exigir_producto(pk)
    formulario = FormularioDeProducto(request.POST or None, producto=producto)
    if request.method == "POST" and formulario.is_valid():
        try:
            editar_producto(
                actor=actor_de(request),
                producto=producto,
                cambios=formulario.cambios(),
                version=formulario.cleaned_data["version"],
            )
        except ErrorDeDominio as error:
            formulario.rechazar(error)
        else:
            messages.success(request, traducir("Los cambios quedaron guardados."))
            return ir_a(request, siguiente_de(request) or reverse("panel:producto", args=[pk]))
    return _dibujar(request, formulario)


@mueve
@pagina(Permiso.CATALOGAR)
@require_POST
def desactivar(request: HttpRequest, pk: int) -> HttpResponse:
    producto = desactivar_producto(actor=actor_de(request), producto=exigir_producto(pk))
    messages.success(
        request,
        traducir("«%(producto)s» quedó inactivo: ya no se ofrece, y su historia sigue.")
        % {"producto": producto.nombre},
    )
    return ir_a(request, siguiente_de(request) or reverse("panel:producto", args=[pk]))


@mueve
@pagina(Permiso.CATALOGAR)
@require_POST
def reactivar(request: HttpRequest, pk: int) -> HttpResponse:
    producto = reactivar_producto(actor=actor_de(request), producto=exigir_producto(pk))
    messages.success(
        request, traducir("«%(producto)s» volvió a estar activo.") % {"producto": producto.nombre}
    )
    return ir_a(request, siguiente_de(request) or reverse("panel:producto", args=[pk]))


@mueve
@pagina(Permiso.ELIMINAR)
def eliminar(request: HttpRequest, pk: int) -> HttpResponse:
    """Primero pregunta; eliminar de verdad lo decide el servicio, que lo rechaza si queda algo."""
    producto = exigir_producto(pk)
    formulario = Formulario(request.POST or None)
    if request.method == "POST" and formulario.is_valid():
        try:
            eliminar_producto(actor=actor_de(request), producto=producto)
        except Conflicto as error:
            formulario.add_error(None, error.mensaje)
        else:
            messages.success(request, traducir("Se eliminó «%(producto)s».") % {"producto": producto.nombre})
            return ir_a(request, reverse("panel:productos"))
    contexto = {"formulario": formulario, "producto": producto}
    return responder(
        request, "catalogo/eliminar.html", "catalogo/_eliminar.html", contexto, estado=_estado(formulario)
    )


def exigir_producto(pk: int) -> Producto:
    """El producto de esta empresa; lanza `NoEncontrado` si no existe, es de otra o se eliminó."""
    producto = producto_vivo(pk)
    if producto is None:
        raise NoEncontrado("No existe ese producto.")
    return producto


def _dibujar(request: HttpRequest, formulario: FormularioDeProducto) -> HttpResponse:
    contexto = {
        "formulario": formulario,
        "producto": formulario.producto,
        "siguiente": siguiente_de(request),
        "direccion": request.path,
    }
    return responder(
        request,
        "catalogo/formulario.html",
        "catalogo/_formulario.html",
        contexto,
        estado=_estado(formulario),
    )


def _estado(formulario: forms.BaseForm) -> int:
    return 422 if formulario.is_bound and formulario.errors else 200
