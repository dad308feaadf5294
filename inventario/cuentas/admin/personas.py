"""Personas, sesiones y membresías. Un superusuario ve todas; quien administra, las de su empresa."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventario.auditoria.hechos import Hecho
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import AdminDeEmpresa, DeLaEmpresaEnCurso, es_superusuario
from inventario.cuentas.models import Membresia, Sesion, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.cuentas.personas import services
from inventario.cuentas.personas.auditoria import anotar_de_persona

# En ejecución Django no admite parámetros de tipo en estas clases.
if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Usuario]
else:
    _ModelAdmin = admin.ModelAdmin

SE_AUDITAN = ("email", "nombre", "is_active", "is_staff", "is_superuser", "debe_cambiar_contrasena")

# Los permisos salen del rol en cada empresa: los grupos de Django no deciden nada.
admin.site.unregister(Group)
# Mostrarían el secreto con que otro podría dar sus códigos; quitarlo es la orden `quitar_segundo_factor`.
admin.site.unregister([TOTPDevice, StaticDevice])


@admin.register(Usuario)
class UsuarioAdmin(_ModelAdmin):
    """Solo un superusuario edita personas, y ni él pone contraseñas: cada quien elige la suya (decisión 44).

    No se agregan aquí: quien administra una empresa las invita, y desde la consola está `createsuperuser`.
    """

    ordering = ("email",)
    list_display = ("email", "nombre", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "nombre")
    readonly_fields = ("last_login", "creado_en", "contrasena_cambiada_en", "segundo_factor_en")
    fieldsets = (
        (None, {"fields": ("email", "nombre")}),
        ("Acceso", {"fields": ("is_active", "is_staff", "is_superuser", "debe_cambiar_contrasena")}),
        ("Fechas", {"fields": ("last_login", "creado_en", "contrasena_cambiada_en", "segundo_factor_en")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        campo: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "email":
            limpiar = campo.clean
            # Se guarda como se busca al entrar: sin mayúsculas.
            campo.clean = lambda valor: limpiar(valor).strip().lower()
        return campo

    def get_queryset(self, request: HttpRequest) -> QuerySet[Usuario]:
        personas = super().get_queryset(request).filter(es_servicio=False)
        if es_superusuario(request):
            return personas
        return personas.filter(membresias__empresa=actor_de(request).empresa)

    def get_fieldsets(self, request: HttpRequest, obj: Usuario | None = None) -> Any:
        if obj is not None and not es_superusuario(request):
            return ((None, {"fields": ("email", "nombre", "is_active")}),)
        return super().get_fieldsets(request, obj)

    def save_model(self, request: HttpRequest, obj: Usuario, form: Any, change: bool) -> None:
        antes = Usuario.objects.filter(pk=obj.pk).values(*SE_AUDITAN).first() if change else None
        super().save_model(request, obj, form, change)
        if antes is not None:
            anotar_de_persona(
                quien=request.user if isinstance(request.user, Usuario) else None,
                persona=obj,
                hecho=Hecho.PERSONA_CAMBIADA,
                antes=antes,
                despues={campo: getattr(obj, campo) for campo in SE_AUDITAN},
            )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Usuario | None = None) -> bool:
        actor = getattr(request, "actor", None)
        return actor is not None and actor.puede(Permiso.ADMINISTRAR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Usuario | None = None) -> bool:
        return es_superusuario(request)

    def has_delete_permission(self, request: HttpRequest, obj: Usuario | None = None) -> bool:
        # Nadie con historia se borra: se desactiva.
        return False


@admin.register(Sesion)
class SesionAdmin(AdminDeEmpresa):
    """Quién está dentro por la API. Borrar una sesión deja sin efecto sus tokens en ese momento."""

    list_display = ("usuario", "autenticada_en", "vence_en", "ip", "agente")
    list_select_related = ("usuario",)
    search_fields = ("usuario__email", "usuario__nombre")

    def delete_model(self, request: HttpRequest, obj: Sesion) -> None:
        self._cerrar(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Sesion]) -> None:
        self._cerrar(request, queryset.select_related("usuario"))

    def _cerrar(self, request: HttpRequest, sesiones: Iterable[Sesion]) -> None:
        quien = request.user if isinstance(request.user, Usuario) else None
        with transaction.atomic():
            for sesion in sesiones:
                persona = sesion.usuario
                sesion.delete()
                anotar_de_persona(quien=quien, persona=persona, hecho=Hecho.SESIONES_CERRADAS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return es_superusuario(request)

    def has_view_permission(self, request: HttpRequest, obj: Sesion | None = None) -> bool:
        return es_superusuario(request)

    def has_delete_permission(self, request: HttpRequest, obj: Sesion | None = None) -> bool:
        return es_superusuario(request)


@admin.register(Membresia)
class MembresiaAdmin(DeLaEmpresaEnCurso):
    """Los miembros. Agregar uno es invitarlo: se hace en Invitaciones."""

    permiso_de_agregar = None
    permiso_de_cambiar = Permiso.ADMINISTRAR
    list_display = ("usuario", "rol", "activa", "bodega")
    list_filter = ("rol", "activa")
    list_select_related = ("usuario", "bodega")
    search_fields = ("usuario__email", "usuario__nombre")

    fields = ("usuario", "rol", "activa", "bodega", "bodegas_permitidas", "creada_en")
    readonly_fields = ("usuario", "creada_en")

    def save_model(self, request: HttpRequest, obj: Membresia, form: Any, change: bool) -> None:
        datos = form.cleaned_data
        services.cambiar_membresia(
            actor=actor_de(request),
            membresia=Membresia.objects.get(pk=obj.pk),
            rol=datos["rol"],
            activa=datos["activa"],
            bodega=datos["bodega"],
            limitada_a=datos["bodegas_permitidas"],
        )
