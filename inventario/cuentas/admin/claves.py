"""Claves de API: quien administra las crea, las mira y las revoca."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm, MultipleChoiceField, UUIDField
from django.forms.widgets import CheckboxSelectMultiple, HiddenInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import DeLaEmpresaEnCurso
from inventario.cuentas.claves import services
from inventario.cuentas.models import ClaveApi
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Permiso

# En ejecución Django no admite parámetros de tipo en estas clases.
if TYPE_CHECKING:
    _FormularioDeClave = ModelForm[ClaveApi]
else:
    _FormularioDeClave = ModelForm


class ClaveNueva(_FormularioDeClave):
    alcances = MultipleChoiceField(
        label="Alcances",
        choices=[(alcance, alcance) for alcance in PERMISOS_POR_ALCANCE],
        widget=CheckboxSelectMultiple,
    )

    # El mismo formulario, recargado o enviado dos veces, no crea otra clave.
    envio = UUIDField(widget=HiddenInput, initial=uuid.uuid4)

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
            return ("nombre", "descripcion", "alcances", "bodega", "bodegas_permitidas", "vence_en", "envio")
        return (
            *("nombre", "descripcion", "prefijo", "alcances", "modulos", "bodega", "bodegas_permitidas"),
            *("creada_por", "creada_en", "vence_en", "ultimo_uso_en", "revocada_en"),
        )

    def save_model(self, request: HttpRequest, obj: ClaveApi, form: Any, change: bool) -> None:
        actor = actor_de(request)
        fila, clave = services.crear_clave_api(empresa=actor.empresa, actor=actor, **form.cleaned_data)
        obj.pk, obj.empresa, obj.usuario, obj.prefijo = fila.pk, fila.empresa, fila.usuario, fila.prefijo
        request.clave_nueva = clave  # type: ignore[attr-defined]  # HttpRequest no declara lo que le agregan

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None and request.method == "POST" and _ya_se_creo(request):
            self.message_user(request, services.YA_CREADA, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:cuentas_claveapi_changelist"))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def response_add(
        self, request: HttpRequest, obj: ClaveApi, post_url_continue: str | None = None
    ) -> HttpResponse:
        """La muestra esta misma respuesta: por un mensaje viajaría en una galleta y quedaría guardada."""
        contexto = {
            **self.admin_site.each_context(request),
            "title": "Clave creada",
            "opts": self.opts,
            "fila": obj,
            "clave": request.clave_nueva,  # type: ignore[attr-defined]  # la dejó `save_model`
        }
        respuesta = render(request, "admin/clave_creada.html", contexto)
        respuesta["Cache-Control"] = "private, no-store"
        return respuesta

    @admin.action(description="Revocar las claves elegidas", permissions=["revocar"])
    def revocar(self, request: HttpRequest, queryset: QuerySet[ClaveApi]) -> None:
        for clave in queryset:
            services.revocar_clave(actor=actor_de(request), clave=clave)
        self.message_user(request, "Las claves elegidas ya no sirven.", messages.SUCCESS)

    def has_revocar_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, Permiso.ADMINISTRAR)


def _ya_se_creo(request: HttpRequest) -> bool:
    try:
        envio = uuid.UUID(request.POST.get("envio", ""))
    except ValueError:
        return False
    return ClaveApi.objects.filter(envio=envio, empresa=actor_de(request).empresa).exists()
