"""Base de los admin del negocio: el permiso sale del rol en la empresa, no de los grupos de Django."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from inventario.cuentas.acceso.errores import HayQueEsperar
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.models import Bodega, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import ErrorDeDominio

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

_Formulario = TypeVar("_Formulario", bound=BaseForm)


class AdminDeEmpresa(_ModelAdmin):
    """Un permiso en `None` es que nadie puede, ni un superusuario: hay un servicio para eso, o no se hace.

    Un error de dominio que llegue desde `save_model` deshace todo y se muestra en el formulario.
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
        except HayQueEsperar:
            raise
        except ErrorDeDominio as error:
            if request.method != "POST":
                raise
            # Se arma otra vez el formulario, ahora con el rechazo puesto: así no se pierde lo escrito.
            request.rechazo = error  # type: ignore[attr-defined]  # HttpRequest no declara lo que le agregan
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        formulario = super().get_form(request, obj, change, **kwargs)
        rechazo = getattr(request, "rechazo", None)
        return formulario if rechazo is None else con_rechazo(formulario, rechazo)


class DeLaEmpresaEnCurso(AdminDeEmpresa):
    """Ni un superusuario mezcla empresas: para otra, cambia de empresa."""

    permiso_de_ver = Permiso.ADMINISTRAR
    permiso_de_agregar: ClassVar[str | None] = Permiso.ADMINISTRAR

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(empresa=actor_de(request).empresa)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """De las bodegas ofrece las que alcanza quien da el acceso: nadie da más de lo que tiene."""
        if db_field.name in ("bodega", "bodegas_permitidas"):
            kwargs["queryset"] = actor_de(request).alcance.filtrar(Bodega.objects.all(), "pk")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nada: el servicio ya guardó las bodegas permitidas."""


def es_superusuario(request: HttpRequest) -> bool:
    return isinstance(request.user, Usuario) and request.user.is_superuser


def con_rechazo(formulario: type[_Formulario], rechazo: ErrorDeDominio) -> type[_Formulario]:
    """Devuelve el formulario con el error del servicio junto al campo que nombra, o arriba de todos."""

    class Rechazado(formulario):  # type: ignore[misc, valid-type]  # la clase se conoce al correr
        def clean(self) -> Any:
            datos = super().clean()
            for detalle in rechazo.detalles:
                self.add_error(detalle.campo if detalle.campo in self.fields else None, detalle.mensaje)
            if not rechazo.detalles:
                self.add_error(None, rechazo.mensaje)
            return datos

    return Rechazado
