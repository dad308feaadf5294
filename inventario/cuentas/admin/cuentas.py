"""Empresas, bodegas, gente y claves. Un superusuario ve todo; quien administra, solo su empresa."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.forms import CharField, EmailField, ModelForm, MultipleChoiceField, PasswordInput
from django.forms.widgets import CheckboxSelectMultiple
from django.http import HttpRequest

from inventario.cuentas import services
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import AdminDeEmpresa
from inventario.cuentas.models import Bodega, ClaveApi, Empresa, Membresia, Sesion, Usuario
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Permiso

# En ejecución Django no admite parámetros de tipo en estas clases.
if TYPE_CHECKING:
    _UserAdmin = UserAdmin[Usuario]
    _FormularioDeMembresia = ModelForm[Membresia]
    _FormularioDeClave = ModelForm[ClaveApi]
    _UsuarioNuevo = AdminUserCreationForm[Usuario]
    _UsuarioCambio = UserChangeForm[Usuario]
else:
    _UserAdmin = UserAdmin
    _FormularioDeMembresia = _FormularioDeClave = ModelForm
    _UsuarioNuevo = AdminUserCreationForm
    _UsuarioCambio = UserChangeForm

# Los permisos salen del rol en cada empresa: los grupos de Django no deciden nada.
admin.site.unregister(Group)


def _es_superusuario(request: HttpRequest) -> bool:
    return isinstance(request.user, Usuario) and request.user.is_superuser


@admin.register(Empresa)
class EmpresaAdmin(AdminDeEmpresa):
    permiso_de_ver = permiso_de_cambiar = Permiso.ADMINISTRAR
    list_display = ("nombre", "slug", "pais", "zona_horaria", "moneda", "cierre_hasta", "activa")
    search_fields = ("nombre", "slug")
    fields = ("slug", "nombre", "pais", "zona_horaria", "moneda", "cierre_hasta", "activa", "creada_en")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _es_superusuario(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Empresa]:
        todas = super().get_queryset(request)
        return todas if _es_superusuario(request) else todas.filter(pk=actor_de(request).empresa.pk)

    def get_fields(self, request: HttpRequest, obj: Empresa | None = None) -> tuple[str, ...]:
        return self.fields if obj is not None else ("slug", "nombre", "pais", "zona_horaria", "moneda")

    def get_readonly_fields(self, request: HttpRequest, obj: Empresa | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        congelados = ("zona_horaria", "moneda") if obj.tiene_historia else ()
        estado = () if _es_superusuario(request) else ("activa",)
        return ("slug", "creada_en", *congelados, *estado)

    def save_model(self, request: HttpRequest, obj: Empresa, form: Any, change: bool) -> None:
        datos = form.cleaned_data
        if not change:
            obj.pk = services.crear_empresa(**{campo: datos[campo] for campo in form.fields}).pk
            return
        actor = replace(actor_de(request), empresa=Empresa.objects.get(pk=obj.pk))
        propios = ("nombre", "pais", "zona_horaria", "moneda")
        services.cambiar_empresa(actor=actor, **{c: datos[c] for c in propios if c in datos})
        if "cierre_hasta" in form.changed_data:
            services.cerrar_hasta(actor=actor, fecha=datos["cierre_hasta"])
        if "activa" in form.changed_data:
            Empresa.objects.filter(pk=obj.pk).update(activa=datos["activa"])


@admin.register(Bodega)
class BodegaAdmin(AdminDeEmpresa):
    permiso_de_agregar = permiso_de_cambiar = Permiso.ADMINISTRAR
    list_display = ("nombre", "codigo", "principal", "activa")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bodega]:
        """Quien administra las ve todas, aunque él mueva en pocas; los demás, las suyas."""
        actor, todas = actor_de(request), super().get_queryset(request)
        return todas if actor.puede(Permiso.ADMINISTRAR) else actor.alcance.filtrar(todas, "pk")

    def get_fields(self, request: HttpRequest, obj: Bodega | None = None) -> tuple[str, ...]:
        return ("codigo", "nombre") if obj is None else ("codigo", "nombre", "principal", "activa")

    def get_readonly_fields(self, request: HttpRequest, obj: Bodega | None = None) -> tuple[str, ...]:
        return () if obj is None else ("codigo", "principal")

    def save_model(self, request: HttpRequest, obj: Bodega, form: Any, change: bool) -> None:
        datos = form.cleaned_data
        if change:
            bodega = Bodega.objects.get(pk=obj.pk)
            services.cambiar_bodega(
                actor=actor_de(request), bodega=bodega, nombre=datos["nombre"], activa=datos["activa"]
            )
        else:
            nueva = services.crear_bodega(
                actor=actor_de(request), codigo=datos["codigo"], nombre=datos["nombre"]
            )
            obj.pk, obj.empresa = nueva.pk, nueva.empresa


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
    readonly_fields = ("last_login", "creado_en", "contrasena_cambiada_en")
    fieldsets = (
        (None, {"fields": ("email", "nombre", "password")}),
        ("Acceso", {"fields": ("is_active", "is_staff", "is_superuser", "debe_cambiar_contrasena")}),
        ("Fechas", {"fields": ("last_login", "creado_en", "contrasena_cambiada_en")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "nombre", "usable_password", "password1", "password2", "is_staff")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Usuario]:
        personas = super().get_queryset(request).filter(es_servicio=False)
        if _es_superusuario(request):
            return personas
        return personas.filter(membresias__empresa=actor_de(request).empresa)

    def get_fieldsets(self, request: HttpRequest, obj: Usuario | None = None) -> Any:
        if obj is not None and not _es_superusuario(request):
            return ((None, {"fields": ("email", "nombre", "is_active")}),)
        return super().get_fieldsets(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Usuario | None = None) -> bool:
        actor = getattr(request, "actor", None)
        return actor is not None and actor.puede(Permiso.ADMINISTRAR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _es_superusuario(request)

    def has_change_permission(self, request: HttpRequest, obj: Usuario | None = None) -> bool:
        return _es_superusuario(request)

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
        return _es_superusuario(request)

    def has_view_permission(self, request: HttpRequest, obj: Sesion | None = None) -> bool:
        return _es_superusuario(request)

    def has_delete_permission(self, request: HttpRequest, obj: Sesion | None = None) -> bool:
        return _es_superusuario(request)


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


class DeLaEmpresaEnCurso(AdminDeEmpresa):
    """Ni un superusuario mezcla empresas: para otra, cambia de empresa."""

    permiso_de_ver = permiso_de_agregar = Permiso.ADMINISTRAR

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(empresa=actor_de(request).empresa)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nada: el servicio ya guardó las bodegas permitidas."""


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


class ClaveNueva(_FormularioDeClave):
    alcances = MultipleChoiceField(
        label="Alcances",
        choices=[(alcance, alcance) for alcance in PERMISOS_POR_ALCANCE],
        widget=CheckboxSelectMultiple,
    )

    class Meta:
        model = ClaveApi
        fields = ("nombre", "descripcion", "vence_en")


@admin.register(ClaveApi)
class ClaveApiAdmin(DeLaEmpresaEnCurso):
    """La clave se muestra una vez, al crearla; después solo se revoca."""

    list_display = ("nombre", "prefijo", "alcances", "creada_en", "vence_en", "ultimo_uso_en", "revocada_en")
    search_fields = ("nombre", "prefijo")
    actions = ("revocar",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = ClaveNueva
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("nombre", "descripcion", "alcances", "bodega", "bodegas_permitidas", "vence_en")
        return (
            *("nombre", "descripcion", "prefijo", "alcances", "modulos", "bodega", "bodegas_permitidas"),
            *("creada_por", "creada_en", "vence_en", "ultimo_uso_en", "revocada_en"),
        )

    def save_model(self, request: HttpRequest, obj: ClaveApi, form: Any, change: bool) -> None:
        actor = actor_de(request)
        fila, clave = services.crear_clave_api(empresa=actor.empresa, actor=actor, **form.cleaned_data)
        obj.pk, obj.empresa, obj.usuario, obj.prefijo = fila.pk, fila.empresa, fila.usuario, fila.prefijo
        self.message_user(
            request, f"Copie la clave ahora: no se volverá a mostrar. {clave}", messages.WARNING
        )

    @admin.action(description="Revocar las claves elegidas", permissions=["revocar"])
    def revocar(self, request: HttpRequest, queryset: QuerySet[ClaveApi]) -> None:
        for clave in queryset:
            services.revocar_clave(actor=actor_de(request), clave=clave)
        self.message_user(request, "Las claves elegidas ya no sirven.", messages.SUCCESS)

    def has_revocar_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, Permiso.ADMINISTRAR)
