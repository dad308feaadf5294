"""Empresas y bodegas. Un superusuario ve todas; quien administra, solo la suya."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import AdminDeEmpresa, es_superusuario
from inventario.cuentas.empresas import services
from inventario.cuentas.models import Bodega, Empresa
from inventario.cuentas.permisos import Permiso


@admin.register(Empresa)
class EmpresaAdmin(AdminDeEmpresa):
    permiso_de_ver = permiso_de_cambiar = Permiso.ADMINISTRAR
    list_display = ("nombre", "slug", "pais", "zona_horaria", "moneda", "cierre_hasta", "activa")
    search_fields = ("nombre", "slug")
    fields = (
        *("slug", "nombre", "pais", "zona_horaria", "moneda", "cierre_hasta"),
        *("exige_segundo_factor", "activa", "creada_en"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return es_superusuario(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Empresa]:
        todas = super().get_queryset(request)
        return todas if es_superusuario(request) else todas.filter(pk=actor_de(request).empresa.pk)

    def get_fields(self, request: HttpRequest, obj: Empresa | None = None) -> tuple[str, ...]:
        return self.fields if obj is not None else ("slug", "nombre", "pais", "zona_horaria", "moneda")

    def get_readonly_fields(self, request: HttpRequest, obj: Empresa | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        congelados = ("zona_horaria", "moneda") if obj.tiene_historia else ()
        estado = () if es_superusuario(request) else ("activa",)
        return ("slug", "creada_en", *congelados, *estado)

    def save_model(self, request: HttpRequest, obj: Empresa, form: Any, change: bool) -> None:
        datos = form.cleaned_data
        if not change:
            obj.pk = services.crear_empresa(**{campo: datos[campo] for campo in form.fields}).pk
            return
        actor = replace(actor_de(request), empresa=Empresa.objects.get(pk=obj.pk))
        propios = ("nombre", "pais", "zona_horaria", "moneda", "exige_segundo_factor")
        services.cambiar_empresa(actor=actor, **{c: datos[c] for c in propios if c in datos})
        if "cierre_hasta" in form.changed_data:
            services.cerrar_hasta(actor=actor, fecha=datos["cierre_hasta"])
        if "activa" in form.changed_data:
            services.activar_empresa(actor=actor, activa=datos["activa"])


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
