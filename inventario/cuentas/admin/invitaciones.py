"""Invitaciones: quien administra las hace, las reenvía y las revoca."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

from inventario.cuentas.acceso.errores import HayQueEsperar
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import DeLaEmpresaEnCurso
from inventario.cuentas.invitaciones import services
from inventario.cuentas.invitaciones.enlaces import direccion
from inventario.cuentas.invitaciones.services import Emitida
from inventario.cuentas.models import Invitacion
from inventario.nucleo.errores import ErrorDeDominio


@admin.register(Invitacion)
class InvitacionAdmin(DeLaEmpresaEnCurso):
    """El enlace va por correo; sin correo, se ve en la respuesta que lo hizo y en ninguna otra."""

    list_display = (
        *("correo", "rol", "invitada_por", "creado_en", "enviada_en"),
        *("vence_en", "aceptada_en", "revocada_en"),
    )
    list_filter = ("rol",)
    list_select_related = ("invitada_por",)
    search_fields = ("correo", "nombre")
    actions = ("reenviar", "revocar")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        nuevos = ("correo", "nombre", "rol", "bodega", "bodegas_permitidas")
        if obj is None:
            return nuevos
        fechas = ("creado_en", "vence_en", "enviada_en", "aceptada_en", "aceptada_por", "revocada_en")
        return (*nuevos, "invitada_por", *fechas)

    def save_model(self, request: HttpRequest, obj: Invitacion, form: Any, change: bool) -> None:
        datos = form.cleaned_data
        emitida = services.invitar(
            actor=actor_de(request),
            correo=datos["correo"],
            nombre=datos["nombre"],
            rol=datos["rol"],
            bodega=datos["bodega"],
            limitada_a=datos["bodegas_permitidas"],
        )
        obj.pk, obj.empresa = emitida.invitacion.pk, emitida.invitacion.empresa
        request.emitida = emitida  # type: ignore[attr-defined]  # HttpRequest no declara lo que le agregan

    def response_add(
        self, request: HttpRequest, obj: Invitacion, post_url_continue: Any = None
    ) -> HttpResponse:
        emitida: Emitida = request.emitida  # type: ignore[attr-defined]  # ídem
        if emitida.token:
            return self._enlaces(request, [emitida])
        return super().response_add(request, obj, post_url_continue)

    @admin.action(description="Reenviar las invitaciones elegidas", permissions=["add"])
    def reenviar(self, request: HttpRequest, queryset: QuerySet[Invitacion]) -> HttpResponse | None:
        emitidas = []
        # Si el cupo se acaba a la mitad, ninguna: un enlace renovado que nadie vio mataría al anterior.
        with transaction.atomic():
            for invitacion in queryset:
                try:
                    emitidas.append(services.reenviar(actor=actor_de(request), invitacion=invitacion))
                except HayQueEsperar:
                    raise
                except ErrorDeDominio as error:
                    self.message_user(request, f"{invitacion.correo}: {error.mensaje}", messages.ERROR)
        por_mostrar = [emitida for emitida in emitidas if emitida.token]
        if por_mostrar:
            return self._enlaces(request, por_mostrar)
        if emitidas:
            self.message_user(request, f"Van en camino: {len(emitidas)}.", messages.SUCCESS)
        return None

    @admin.action(description="Revocar las invitaciones elegidas", permissions=["add"])
    def revocar(self, request: HttpRequest, queryset: QuerySet[Invitacion]) -> None:
        for invitacion in queryset:
            try:
                services.revocar(actor=actor_de(request), invitacion=invitacion)
            except ErrorDeDominio as error:
                self.message_user(request, f"{invitacion.correo}: {error.mensaje}", messages.ERROR)
            else:
                self.message_user(request, f"{invitacion.correo}: su enlace ya no sirve.", messages.SUCCESS)

    def _enlaces(self, request: HttpRequest, emitidas: Sequence[Emitida]) -> HttpResponse:
        contexto = {
            **self.admin_site.each_context(request),
            "title": "Enlace de la invitación",
            "opts": self.opts,
            "enlaces": [(una.invitacion, direccion(una.token)) for una in emitidas],
        }
        respuesta = TemplateResponse(request, "admin/enlaces_de_invitacion.html", contexto)
        add_never_cache_headers(respuesta)
        return respuesta
