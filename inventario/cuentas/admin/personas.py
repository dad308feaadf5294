"""Personas, sesiones y membresías. Un superusuario ve todas; quien administra, las de su empresa."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.forms import CharField, EmailField, ModelForm, PasswordInput
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import AdminDeEmpresa, DeLaEmpresaEnCurso, es_superusuario
from inventario.cuentas.models import Membresia, Sesion, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.cuentas.personas import services

# En ejecución Django no admite parámetros de tipo en estas clases.
if TYPE_CHECKING:
    _UserAdmin = UserAdmin[Usuario]
    _FormularioDeMembresia = ModelForm[Membresia]
    _UsuarioNuevo = AdminUserCreationForm[Usuario]
    _UsuarioCambio = UserChangeForm[Usuario]
else:
    _UserAdmin = UserAdmin
    _FormularioDeMembresia = ModelForm
    _UsuarioNuevo = AdminUserCreationForm
    _UsuarioCambio = UserChangeForm

# Los permisos salen del rol en cada empresa: los grupos de Django no deciden nada.
admin.site.unregister(Group)
# Mostrarían el secreto con que otro podría dar sus códigos; quitarlo es la orden `quitar_segundo_factor`.
admin.site.unregister([TOTPDevice, StaticDevice])


class UsuarioNuevo(_UsuarioNuevo):
    class Meta:
        model = Usuario
        fields = ("email", "nombre")
        field_classes = {"email": EmailField}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class UsuarioCambio(_UsuarioCambio):
    class Meta:
        model = Usuario
        fields = "__all__"
        field_classes = {"email": EmailField}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(Usuario)
class UsuarioAdmin(_UserAdmin):
    """Solo un superusuario edita personas: la contraseña de alguien abre todas sus empresas.

    Quien administra una empresa ve a sus miembros y los invita desde Membresías.
    """

    add_form = UsuarioNuevo
    form = UsuarioCambio
    ordering = ("email",)
    list_display = ("email", "nombre", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "nombre")
    filter_horizontal = ()
    readonly_fields = ("last_login", "creado_en", "contrasena_cambiada_en", "segundo_factor_en")
    fieldsets = (
        (None, {"fields": ("email", "nombre", "password")}),
        ("Acceso", {"fields": ("is_active", "is_staff", "is_superuser", "debe_cambiar_contrasena")}),
        ("Fechas", {"fields": ("last_login", "creado_en", "contrasena_cambiada_en", "segundo_factor_en")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "nombre", "usable_password", "password1", "password2", "is_staff")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Usuario]:
        personas = super().get_queryset(request).filter(es_servicio=False)
        if es_superusuario(request):
            return personas
        return personas.filter(membresias__empresa=actor_de(request).empresa)

    def get_fieldsets(self, request: HttpRequest, obj: Usuario | None = None) -> Any:
        if obj is not None and not es_superusuario(request):
            return ((None, {"fields": ("email", "nombre", "is_active")}),)
        return super().get_fieldsets(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Usuario | None = None) -> bool:
        actor = getattr(request, "actor", None)
        return actor is not None and actor.puede(Permiso.ADMINISTRAR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return es_superusuario(request)

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

    def has_module_permission(self, request: HttpRequest) -> bool:
        return es_superusuario(request)

    def has_view_permission(self, request: HttpRequest, obj: Sesion | None = None) -> bool:
        return es_superusuario(request)

    def has_delete_permission(self, request: HttpRequest, obj: Sesion | None = None) -> bool:
        return es_superusuario(request)


class MembresiaNueva(_FormularioDeMembresia):
    correo = EmailField(label="Correo electrónico", max_length=254)
    nombre = CharField(label="Nombre", max_length=255, required=False)
    contrasena = CharField(
        label="Contraseña inicial",
        required=False,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Solo si la persona es nueva.",
    )

    class Meta:
        model = Membresia
        # Las bodegas las agrega el admin: aquí, al importar, todavía no hay empresa.
        fields = ("rol",)

    def clean_contrasena(self) -> str:
        contrasena = str(self.cleaned_data["contrasena"])
        if contrasena:
            validate_password(contrasena)
        return contrasena


@admin.register(Membresia)
class MembresiaAdmin(DeLaEmpresaEnCurso):
    permiso_de_cambiar = Permiso.ADMINISTRAR
    list_display = ("usuario", "rol", "activa", "bodega")
    list_filter = ("rol", "activa")
    list_select_related = ("usuario", "bodega")
    search_fields = ("usuario__email", "usuario__nombre")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = MembresiaNueva
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("correo", "nombre", "contrasena", "rol", "bodega", "bodegas_permitidas")
        return ("usuario", "rol", "activa", "bodega", "bodegas_permitidas", "creada_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("usuario", "creada_en")

    def save_model(self, request: HttpRequest, obj: Membresia, form: Any, change: bool) -> None:
        datos = form.cleaned_data
        actor = actor_de(request)
        if change:
            services.cambiar_membresia(
                actor=actor,
                membresia=Membresia.objects.get(pk=obj.pk),
                rol=datos["rol"],
                activa=datos["activa"],
                bodega=datos["bodega"],
                bodegas_permitidas=datos["bodegas_permitidas"],
            )
            return
        nueva = services.invitar_miembro(actor=actor, **datos)
        obj.pk, obj.empresa, obj.usuario = nueva.pk, nueva.empresa, nueva.usuario
