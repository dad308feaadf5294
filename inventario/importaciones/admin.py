"""Los productos se importan en el admin con el motor de la consola: se ensaya, y después se aplica.

Las dos cosas corren aparte; la página dice cómo van y se pide sola otra vez mientras falte.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from inventario.cuentas.acceso.errores import HayQueEsperar
from inventario.cuentas.acceso.sesion import actor_de
from inventario.importaciones.encargos import services
from inventario.importaciones.encargos.corrida import avance_de
from inventario.importaciones.models import EncargoDeImportacion, EstadoDeEncargo
from inventario.movimientos.models import Importacion
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado
from inventario.productos.admin import ProductoAdmin
from inventario.productos.models import Producto

OTRA_VEZ_S = 2
ULTIMOS = 5


class ArchivoForm(forms.Form):
    archivo = forms.FileField(
        label=_("Archivo"),
        help_text=_("CSV o XLSX, con su encabezado. Una celda vacía deja ese dato como estaba."),
    )


# El catálogo está debajo y no conoce este motor: su admin se cambia por uno que sí.
admin.site.unregister(Producto)


@admin.register(Producto)
class ProductoImportableAdmin(ProductoAdmin):
    def get_urls(self) -> list[URLPattern]:
        ver = self.admin_site.admin_view(self.ver_encargo)
        aplicar = self.admin_site.admin_view(require_POST(self.aplicar_encargo))
        return [
            path("import/<int:pk>/", ver, name="productos_producto_encargo"),
            path("import/<int:pk>/aplicar/", aplicar, name="productos_producto_aplicar"),
            *super().get_urls(),
        ]

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Recibe el archivo y lo manda a ensayar."""
        self._exigir(request)
        formulario = ArchivoForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and formulario.is_valid():
            subido = formulario.cleaned_data["archivo"]
            try:
                encargo = services.encargar(
                    actor=actor_de(request),
                    clase=Importacion.Clase.PRODUCTOS,
                    archivo=subido.name,
                    contenido=subido,
                )
            except HayQueEsperar:
                raise
            except ErrorDeDominio as error:
                formulario.add_error("archivo", error.mensaje)
            else:
                return self._a(encargo)
        ultimos = EncargoDeImportacion.objects.filter(usuario=actor_de(request).usuario)[:ULTIMOS]
        return self._pagina(request, {"form": formulario, "ultimos": ultimos})

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """La dirección de la biblioteca: aquí se aplica lo ensayado, y cada ensayo tiene la suya."""
        raise Http404

    def ver_encargo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Dice cómo va el ensayo o qué halló; si nada está mal, ofrece aplicarlo."""
        self._exigir(request)
        encargo = self._propio(request, pk)
        respuesta = self._pagina(request, {"encargo": encargo, "van": avance_de(encargo)})
        if encargo.en_marcha:
            respuesta["Refresh"] = str(OTRA_VEZ_S)
        return respuesta

    def aplicar_encargo(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._exigir(request)
        encargo = self._propio(request, pk)
        try:
            services.aplicar(actor=actor_de(request), encargo=encargo)
        except ErrorDeDominio as error:
            self.message_user(request, error.mensaje, messages.ERROR)
        return self._a(encargo)

    def _exigir(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _propio(self, request: HttpRequest, pk: int) -> EncargoDeImportacion:
        try:
            return services.propio(actor_de(request), pk)
        except NoEncontrado as error:
            raise Http404(error.mensaje) from error

    def _a(self, encargo: EncargoDeImportacion) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:productos_producto_encargo", args=[encargo.pk]))

    def _pagina(self, request: HttpRequest, contexto: dict[str, Any]) -> HttpResponse:
        comun = {
            **self.admin_site.each_context(request),
            "title": _("Importar productos"),
            "opts": self.opts,
            "estados": EstadoDeEncargo,
        }
        return TemplateResponse(request, "admin/importar_productos.html", {**comun, **contexto})
