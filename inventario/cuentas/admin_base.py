"""Base de los admin del negocio: el permiso sale del rol en la empresa, no de los grupos de Django."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import ErrorDeDominio

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class AdminDeEmpresa(_ModelAdmin):
    """Un permiso en `None` es que nadie puede, ni un superusuario: hay un servicio para eso, o no se hace.

    Un error de dominio que llegue desde `save_model` deshace todo y se muestra como mensaje.
    """

    permiso_de_ver: ClassVar[str] = Permiso.VER
    permiso_de_agregar: ClassVar[str | None] = None
    permiso_de_cambiar: ClassVar[str | None] = None
    permiso_de_borrar: ClassVar[str | None] = None
    show_full_result_count = False

    def puede(self, request: HttpRequest, permiso: str | None) -> bool:
        actor = getattr(request, "actor", None)
        return permiso is not None and isinstance(actor, Actor) and actor.puede(permiso)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, self.permiso_de_ver)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.puede(request, self.permiso_de_ver)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, self.permiso_de_agregar)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.puede(request, self.permiso_de_cambiar)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.puede(request, self.permiso_de_borrar)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            # Django abre aquí su propio atomic: lo que se lance desde save_model ya quedó deshecho.
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ErrorDeDominio as error:
            self.message_user(request, error.mensaje, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
