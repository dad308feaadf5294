"""Los productos se importan en el admin con el motor de la consola: se ensaya, y después se aplica."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from import_export.formats.base_formats import XLSX
from import_export.tmp_storages import TempFolderStorage

from inventario.cuentas.acceso.sesion import actor_de
from inventario.importaciones.aplicar import importar
from inventario.importaciones.por_importar import Informe, PorImportar
from inventario.movimientos.models import Importacion
from inventario.nucleo.errores import ErrorDeDominio
from inventario.productos.admin import ProductoAdmin
from inventario.productos.models import Producto

SAL = "inventario.importaciones.admin"
# Lo que tarda alguien en leer el ensayo y decidirse.
VALE_SEGUNDOS = 60 * 60


class ArchivoForm(forms.Form):
    archivo = forms.FileField(
        label="Archivo",
        help_text="CSV o XLSX, con su encabezado. Una celda vacía deja ese dato como estaba.",
    )


class ConfirmarForm(forms.Form):
    """El archivo ya ensayado. Va firmado: nadie más que el servidor dice qué archivo suyo se abre."""

    guardado = forms.CharField(widget=forms.HiddenInput)

    def clean_guardado(self) -> tuple[str, str]:
        try:
            lugar, nombre = signing.loads(self.cleaned_data["guardado"], salt=SAL, max_age=VALE_SEGUNDOS)
        except signing.BadSignature:
            raise forms.ValidationError("Pasó mucho tiempo: suba el archivo otra vez.") from None
        return lugar, nombre


# El catálogo está debajo y no conoce este motor: su admin se cambia por uno que sí.
admin.site.unregister(Producto)


@admin.register(Producto)
class ProductoImportableAdmin(ProductoAdmin):
    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ensaya el archivo y dice todo lo que está mal; si nada lo está, ofrece aplicarlo."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        formulario = ArchivoForm(request.POST or None, request.FILES or None)
        contexto: dict[str, Any] = {"form": formulario}
        if request.method == "POST" and formulario.is_valid():
            subido = formulario.cleaned_data["archivo"]
            guardado = self.write_to_tmp_storage(subido, XLSX())
            try:
                informe = _importar(request, guardado, subido.name, aplicar=False)
            except ErrorDeDominio as error:
                guardado.remove()
                formulario.add_error("archivo", error.mensaje)
            else:
                contexto["informe"] = informe
                if informe.rechazos:
                    guardado.remove()
                else:
                    firmado = signing.dumps([guardado.name, subido.name], salt=SAL)
                    contexto["confirm_form"] = ConfirmarForm(initial={"guardado": firmado})
        return self._pagina(request, contexto)

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        formulario = ConfirmarForm(request.POST)
        if not formulario.is_valid():
            return self._otra_vez(request, " ".join(str(queja) for queja in formulario.errors["guardado"]))
        lugar, nombre = formulario.cleaned_data["guardado"]
        guardado = TempFolderStorage(name=lugar)
        if not Path(guardado.get_full_path()).exists():
            return self._otra_vez(request, "Ese archivo ya se importó: suba el archivo otra vez.")
        try:
            informe = _importar(request, guardado, nombre, aplicar=True)
        except ErrorDeDominio as error:
            return self._otra_vez(request, error.mensaje)
        finally:
            guardado.remove()
        if not informe.aplicado:
            # Entre el ensayo y la confirmación algo cambió: o entra todo, o no entra nada.
            filas = ", ".join(dict.fromkeys(str(rechazo.fila) for rechazo in informe.rechazos))
            return self._otra_vez(
                request,
                f"No se importó nada: las filas {filas} ya no se admiten. Suba el archivo otra vez.",
            )
        self.message_user(request, f"Productos importados: {informe.aceptadas}.")
        return HttpResponseRedirect(reverse("admin:productos_producto_changelist"))

    def _otra_vez(self, request: HttpRequest, por_que: str) -> HttpResponse:
        self.message_user(request, por_que, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:productos_producto_import"))

    def _pagina(self, request: HttpRequest, contexto: dict[str, Any]) -> HttpResponse:
        comun = {**self.admin_site.each_context(request), "title": "Importar productos", "opts": self.opts}
        return TemplateResponse(request, "admin/importar_productos.html", {**comun, **contexto})


def _importar(request: HttpRequest, guardado: TempFolderStorage, nombre: str, *, aplicar: bool) -> Informe:
    # Repetir un catálogo no lo duplica, y el ensayo ya avisó que el archivo es el mismo.
    return importar(
        actor=actor_de(request),
        por_importar=PorImportar(
            Importacion.Clase.PRODUCTOS,
            Path(guardado.get_full_path()),
            nombre=nombre,
            aplicar=aplicar,
            repetir=True,
        ),
    )
