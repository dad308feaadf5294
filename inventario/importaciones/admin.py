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
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import ErrorDeDominio
from inventario.productos.admin import ProductoAdmin
from inventario.productos.models import Producto

SAL = "inventario.importaciones.admin"
# Lo que tarda alguien en leer el ensayo y decidirse.
VALE_SEGUNDOS = 60 * 60
# Mientras se ensaya alguien espera; lo más grande va por la consola.
MAXIMO_MB = 10


class ArchivoForm(forms.Form):
    archivo = forms.FileField(
        label="Archivo",
        help_text="CSV o XLSX, con su encabezado. Una celda vacía deja ese dato como estaba.",
    )

    def clean_archivo(self) -> Any:
        archivo = self.cleaned_data["archivo"]
        if archivo.size > MAXIMO_MB * 1024 * 1024:
            raise forms.ValidationError(
                f"Aquí se admiten hasta {MAXIMO_MB} MB: divídalo, o impórtelo con la orden «importar»."
            )
        return archivo


class ConfirmarForm(forms.Form):
    """El archivo ya ensayado. Va firmado: solo el servidor dice cuál se abre, y solo a quien lo ensayó."""

    guardado = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": "Falta el archivo: súbalo otra vez."}
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor

    def clean_guardado(self) -> tuple[str, str]:
        try:
            lugar, nombre, *de_quien = signing.loads(
                self.cleaned_data["guardado"], salt=SAL, max_age=VALE_SEGUNDOS
            )
        except signing.SignatureExpired:
            raise forms.ValidationError("Pasó mucho tiempo: suba el archivo otra vez.") from None
        except (signing.BadSignature, ValueError):
            raise forms.ValidationError("Ese envío no vale: suba el archivo otra vez.") from None
        if de_quien != _quien_ensaya(self._actor):
            raise forms.ValidationError(
                "Ese archivo lo ensayó otra persona, o en otra empresa: súbalo otra vez."
            )
        return lugar, nombre


def _quien_ensaya(actor: Actor) -> list[str]:
    return [str(actor.empresa.pk), str(actor.usuario.pk)]


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
                    actor = actor_de(request)
                    firmado = signing.dumps([guardado.name, subido.name, *_quien_ensaya(actor)], salt=SAL)
                    contexto["confirm_form"] = ConfirmarForm(initial={"guardado": firmado}, actor=actor)
        return self._pagina(request, contexto)

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        formulario = ConfirmarForm(request.POST, actor=actor_de(request))
        if not formulario.is_valid():
            return self._otra_vez(request, " ".join(str(queja) for queja in formulario.errors["guardado"]))
        lugar, nombre = formulario.cleaned_data["guardado"]
        guardado = TempFolderStorage(name=f"{lugar}.tomado")
        try:
            # De dos envíos a la vez lo toma uno: cambiar de nombre un archivo pasa una sola vez.
            Path(TempFolderStorage(name=lugar).get_full_path()).rename(guardado.get_full_path())
        except FileNotFoundError:
            return self._otra_vez(
                request, "Ese archivo ya se importó, o se está importando: mire la lista antes de repetirlo."
            )
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
