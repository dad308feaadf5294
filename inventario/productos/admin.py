"""El catálogo en el admin: se edita por los servicios, se importa y se exporta; nada se borra."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm

from inventario.borde.admin.subidas import EnCarpetaPropia, FormularioMedido
from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import AdminDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.errores import ErrorDeDominio
from inventario.productos import recursos, services
from inventario.productos.historia import del_libro
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad
from inventario.productos.querysets import ProductoQuerySet

if TYPE_CHECKING:
    _FormularioDeProducto = forms.ModelForm[Producto]
else:
    # En ejecución Django no admite parámetros de tipo en esta clase.
    _FormularioDeProducto = forms.ModelForm


class AdminDeCatalogo(ImportExportMixin, AdminDeEmpresa):  # type: ignore[misc]  # import_export no trae tipos
    """Guarda por `crear` y `editar`; importa y exporta lo suyo."""

    permiso_de_agregar = permiso_de_cambiar = Permiso.CATALOGAR
    formats: ClassVar = [CSV, XLSX]
    import_form_class = FormularioMedido
    tmp_storage_class = EnCarpetaPropia
    # El que deja elegir columnas lleva estilos y guiones en línea, que la política de contenido no admite.
    export_form_class = ExportForm
    # Excel guarda y espera el CSV con su marca de orden de bytes.
    from_encoding = to_encoding = "utf-8-sig"
    list_per_page = 50

    def crear(self, request: HttpRequest, datos: dict[str, Any]) -> Any:
        raise NotImplementedError

    def editar(self, request: HttpRequest, fila: Any, cambios: Any, form: Any) -> Any:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            cambios = {campo: form.cleaned_data[campo] for campo in form.changed_data}
            self.editar(request, obj, cambios, form)
        else:
            nueva = self.crear(request, dict(form.cleaned_data))
            obj.pk, obj.empresa = nueva.pk, nueva.empresa

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and self.has_import_permission(request):
            exigir_cupo(Accion.IMPORTAR, empresa_id=actor_de(request).empresa.pk)
        respuesta: HttpResponse = super().import_action(request, **kwargs)
        return respuesta

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, self.permiso_de_cambiar)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, self.permiso_de_ver)

    def get_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"actor": actor_de(request)}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # Entre la vista previa y la confirmación algo pudo cambiar: o entra todo, o no entra nada.
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if not (result.has_errors() or result.has_validation_errors()):
            respuesta: HttpResponse = super().process_result(result, request)
            return respuesta
        filas = [str(fila.number) for fila in [*result.invalid_rows, *result.error_rows]]
        self.message_user(
            request,
            f"No se importó nada: las filas {', '.join(filas)} ya no se admiten. Suba el archivo otra vez.",
            messages.ERROR,
        )
        modelo = self.opts
        return HttpResponseRedirect(reverse(f"admin:{modelo.app_label}_{modelo.model_name}_import"))

    def una_por_una(
        self, request: HttpRequest, filas: Iterable[Any], accion: Callable[[Any], object], hecho: str
    ) -> None:
        """Aplica la acción a cada fila; la que el servicio niegue se dice y no detiene a las demás."""
        cuantas = 0
        for fila in filas:
            try:
                accion(fila)
                cuantas += 1
            except ErrorDeDominio as error:
                self.message_user(request, error.mensaje, messages.ERROR)
        if cuantas:
            self.message_user(request, f"{hecho}: {cuantas}.")


class FormularioDeProducto(_FormularioDeProducto):
    """Lleva la versión que se leyó: si otra persona guardó antes, se dice y no se pisa."""

    version_leida = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Producto
        # Los pone el admin al atender: aquí todavía no hay empresa cuyas categorías ofrecer.
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "version_leida" in self.fields:
            self.fields["version_leida"].initial = self.instance.version
        for campo in ("sku", "precio"):
            # Solo la API inglesa crea sin SKU o sin precio; a esos no se les exige aquí.
            if campo in self.fields:
                self.fields[campo].required = (
                    not self.instance.pk or getattr(self.instance, campo) is not None
                )

    def clean_precio(self) -> Any:
        precio = self.cleaned_data["precio"]
        if precio is not None and precio <= 0 and "precio" in self.changed_data:
            raise forms.ValidationError("Debe ser mayor que cero.", code="min_value")
        return precio

    def clean_stock_minimo(self) -> Any:
        return self._no_negativa("stock_minimo")

    def clean_punto_reorden(self) -> Any:
        return self._no_negativa("punto_reorden")

    def _no_negativa(self, campo: str) -> Any:
        cantidad = self.cleaned_data[campo]
        if cantidad < 0:
            raise forms.ValidationError("No puede ser negativo.", code="min_value")
        return cantidad


@admin.register(Producto)
class ProductoAdmin(AdminDeCatalogo):
    form = FormularioDeProducto
    resource_classes: ClassVar = [recursos.RecursoDeProductos]
    list_display = ("sku", "nombre", "unidad", "categoria", "precio", "stock_minimo", "activo")
    list_display_links = ("sku", "nombre")
    list_filter = ("activo", "unidad", "categoria")
    list_select_related = ("unidad", "categoria")
    search_fields = ("sku", "nombre", "codigo_barras")
    search_help_text = "SKU, nombre o código de barras"
    autocomplete_fields = ("categoria", "proveedor")
    readonly_fields = ("version", "creado_en", "actualizado_en")
    actions = ("desactivar", "reactivar", "eliminar")
    propios = (
        "sku",
        "nombre",
        "unidad",
        "categoria",
        "proveedor",
        "precio",
        "stock_minimo",
        "minimo_sobre_disponible",
        "punto_reorden",
        "codigo_barras",
    )

    def get_queryset(self, request: HttpRequest) -> ProductoQuerySet:
        return Producto.objects.vivos().order_by("pk")

    def get_fields(self, request: HttpRequest, obj: Producto | None = None) -> tuple[str, ...]:
        return (
            self.propios
            if obj is None
            else (*self.propios, "activo", "version_leida", "version", "creado_en", "actualizado_en")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Producto | None = None) -> tuple[str, ...]:
        congelada = ("unidad",) if obj is not None and del_libro().tiene_historia(obj) else ()
        return (*self.readonly_fields, *congelada)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Producto], search_term: str
    ) -> tuple[QuerySet[Producto], bool]:
        assert isinstance(queryset, ProductoQuerySet), "Lo da get_queryset."
        return queryset.que_dicen(search_term), False

    def crear(self, request: HttpRequest, datos: dict[str, Any]) -> Producto:
        datos.pop("version_leida", None)
        return services.crear_producto(actor=actor_de(request), **datos)

    def editar(self, request: HttpRequest, fila: Producto, cambios: Any, form: Any) -> Producto:
        cambios.pop("version_leida", None)
        return services.editar_producto(
            actor=actor_de(request),
            producto=fila,
            cambios=cambios,
            version=form.cleaned_data.get("version_leida"),
        )

    @admin.action(description="Desactivar los elegidos", permissions=["change"])
    def desactivar(self, request: HttpRequest, queryset: QuerySet[Producto]) -> None:
        actor = actor_de(request)
        self.una_por_una(
            request,
            queryset,
            lambda producto: services.desactivar_producto(actor=actor, producto=producto),
            "Desactivados",
        )

    @admin.action(description="Reactivar los elegidos", permissions=["change"])
    def reactivar(self, request: HttpRequest, queryset: QuerySet[Producto]) -> None:
        actor = actor_de(request)
        self.una_por_una(
            request,
            queryset,
            lambda producto: services.reactivar_producto(actor=actor, producto=producto),
            "Reactivados",
        )

    @admin.action(
        description="Eliminar del catálogo (solo sin existencia ni reservas)", permissions=["eliminar"]
    )
    def eliminar(self, request: HttpRequest, queryset: QuerySet[Producto]) -> None:
        actor = actor_de(request)
        self.una_por_una(
            request,
            queryset,
            lambda producto: services.eliminar_producto(actor=actor, producto=producto),
            "Eliminados",
        )

    def has_eliminar_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, Permiso.ELIMINAR)


@admin.register(Categoria)
class CategoriaAdmin(AdminDeCatalogo):
    resource_classes: ClassVar = [recursos.RecursoDeCategorias]
    list_display = ("nombre", "padre", "descripcion")
    list_select_related = ("padre",)
    search_fields = ("nombre",)
    autocomplete_fields = ("padre",)
    fields = ("nombre", "padre", "descripcion")
    actions = ("eliminar",)

    def crear(self, request: HttpRequest, datos: dict[str, Any]) -> Categoria:
        return services.crear_categoria(actor=actor_de(request), **datos)

    def editar(self, request: HttpRequest, fila: Categoria, cambios: Any, form: Any) -> Categoria:
        return services.editar_categoria(actor=actor_de(request), categoria=fila, cambios=cambios)

    @admin.action(description="Eliminar las elegidas que estén vacías", permissions=["eliminar"])
    def eliminar(self, request: HttpRequest, queryset: QuerySet[Categoria]) -> None:
        actor = actor_de(request)
        self.una_por_una(
            request,
            queryset,
            lambda categoria: services.eliminar_categoria(actor=actor, categoria=categoria),
            "Eliminadas",
        )

    def has_eliminar_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, Permiso.ELIMINAR)


@admin.register(Unidad)
class UnidadAdmin(AdminDeCatalogo):
    resource_classes: ClassVar = [recursos.RecursoDeUnidades]
    list_display = ("abreviatura", "nombre", "nombre_en", "magnitud", "divisible", "activa")
    list_filter = ("magnitud", "divisible", "activa")
    search_fields = ("abreviatura", "nombre", "nombre_en")
    propios = ("abreviatura", "nombre", "nombre_en", "magnitud", "divisible")

    def get_fields(self, request: HttpRequest, obj: Unidad | None = None) -> tuple[str, ...]:
        return self.propios if obj is None else (*self.propios, "activa")

    def crear(self, request: HttpRequest, datos: dict[str, Any]) -> Unidad:
        return services.crear_unidad(actor=actor_de(request), **datos)

    def editar(self, request: HttpRequest, fila: Unidad, cambios: Any, form: Any) -> Unidad:
        return services.editar_unidad(actor=actor_de(request), unidad=fila, cambios=cambios)


@admin.register(Proveedor)
class ProveedorAdmin(AdminDeCatalogo):
    resource_classes: ClassVar = [recursos.RecursoDeProveedores]
    list_display = ("nombre", "contacto", "telefono", "email", "activo")
    list_filter = ("activo",)
    search_fields = ("nombre", "contacto", "email")
    propios = ("nombre", "contacto", "telefono", "email", "direccion")

    def get_fields(self, request: HttpRequest, obj: Proveedor | None = None) -> tuple[str, ...]:
        return self.propios if obj is None else (*self.propios, "activo")

    def crear(self, request: HttpRequest, datos: dict[str, Any]) -> Proveedor:
        return services.crear_proveedor(actor=actor_de(request), **datos)

    def editar(self, request: HttpRequest, fila: Proveedor, cambios: Any, form: Any) -> Proveedor:
        return services.editar_proveedor(actor=actor_de(request), proveedor=fila, cambios=cambios)
