"""Las alertas en la administración: se leen, se reconocen y se vuelven a calcular."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from inventario.alertas import services
from inventario.alertas.models import Alerta, Reconocimiento, Revision, SuscripcionAlResumen
from inventario.alertas.proyeccion import recalcular
from inventario.alertas.querysets import AlertaQuerySet
from inventario.alertas.vista import a_la_vista
from inventario.borde.admin.verbos import AdminConVerbos, FormularioDeVerbo, Verbo
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import AdminDeEmpresa
from inventario.cuentas.admin.lectura import AdminDeLectura, LecturaEnLinea, dia, instante
from inventario.cuentas.models import Membresia
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.productos.models import Producto


class ReconocerForm(FormularioDeVerbo):
    nota = forms.CharField(
        label="Nota",
        required=False,
        max_length=services.LARGO_DE_NOTA,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Qué se va a hacer.",
    )


def _reconocer(actor: Actor, alerta: Alerta, datos: dict[str, Any]) -> str:
    services.reconocer_alerta(actor=actor, alerta=alerta, nota=datos["nota"])
    return f"Reconocida: {a_la_vista(alerta, actor.alcance).mensaje}"


def _recalcular(actor: Actor, alerta: Alerta, datos: dict[str, Any]) -> str:
    cambios = recalcular(actor.empresa, [alerta.producto_id], timezone.now())
    return (
        f"{alerta.producto}: {cambios.abiertas} abiertas, {cambios.actualizadas} actualizadas, "
        f"{cambios.cerradas} cerradas."
    )


def _sin_tomar(actor: Actor, alertas: list[Alerta]) -> None:
    """Reconocer o recalcular no bloquea existencias: no hay nada que tomar en orden."""


RECONOCER = Verbo(
    "reconocer", "Reconocer", Permiso.RECONOCER_ALERTAS, ReconocerForm, _reconocer, tomar=_sin_tomar
)
RECALCULAR = Verbo(
    "recalcular",
    "Volver a calcular las de su producto",
    Permiso.RECONOCER_ALERTAS,
    FormularioDeVerbo,
    _recalcular,
    tomar=_sin_tomar,
)


class ReconocimientosEnLinea(LecturaEnLinea):
    model = Reconocimiento
    fields = readonly_fields = ("cuando_fue", "quien", "severidad", "nota")
    verbose_name_plural = "Historia de los reconocimientos"

    @admin.display(description="cuándo")
    def cuando_fue(self, reconocimiento: Reconocimiento) -> str:
        return instante(reconocimiento.cuando)


@admin.register(Alerta)
class AlertaAdmin(AdminConVerbos):
    verbos = (RECONOCER, RECALCULAR)
    inlines = (ReconocimientosEnLinea,)
    bodega_en = ""
    list_display = ("mensaje", "tipo", "severidad", "bodega", "vence", "abierta", "activa", "vista_por")
    list_select_related = ("producto", "bodega", "reconocida_por")
    list_filter = ("activa", "tipo", "severidad")
    search_fields = ("mensaje",)
    search_help_text = "SKU o nombre del producto"
    ordering = ("-activa", "-gravedad", "-pk")
    sortable_by = ()
    fields = (
        *("mensaje", "tipo", "severidad", "producto", "lote", "bodega", "vence", "activa"),
        *("abierta", "actualizada", "cerrada", "reconocida_por", "reconocida", "nota"),
    )
    readonly_fields = ("vence", "abierta", "actualizada", "cerrada", "reconocida")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alerta]:
        todas = super().get_queryset(request)
        assert isinstance(todas, AlertaQuerySet)
        return todas.al_alcance(actor_de(request).alcance)

    def a_la_vista(self, request: HttpRequest, fila: Alerta) -> Alerta:
        return a_la_vista(fila, actor_de(request).alcance)

    def buscar(self, texto: str) -> Q:
        return Q(producto__in=Producto.objects.que_dicen(texto))

    def aplicables(self, fila: Alerta) -> tuple[Verbo, ...]:
        return self.verbos if fila.activa else (RECALCULAR,)

    @admin.display(description="vence el")
    def vence(self, alerta: Alerta) -> str:
        return dia(alerta.fecha_referencia)

    @admin.display(description="abierta desde")
    def abierta(self, alerta: Alerta) -> str:
        return instante(alerta.creada_en)

    @admin.display(description="al día desde")
    def actualizada(self, alerta: Alerta) -> str:
        return instante(alerta.actualizada_en)

    @admin.display(description="cerrada")
    def cerrada(self, alerta: Alerta) -> str:
        return instante(alerta.cerrada_en) if alerta.cerrada_en else "—"

    @admin.display(description="reconocida")
    def reconocida(self, alerta: Alerta) -> str:
        return instante(alerta.reconocida_en) if alerta.reconocida_en else "—"

    @admin.display(description="reconocida por")
    def vista_por(self, alerta: Alerta) -> str:
        return str(alerta.reconocida_por) if alerta.reconocida_por else "—"


@admin.register(Revision)
class RevisionAdmin(AdminDeLectura):
    """Cuándo se revisaron todas por última vez. Volver a hacerlo es una acción, aunque no haya alertas."""

    bodega_en = ""
    list_display = ("dia", "hecha", "abiertas", "actualizadas", "cerradas")
    fields = ("dia", "hecha", "abiertas", "actualizadas", "cerradas")
    readonly_fields = ("hecha",)
    actions = ("revisar",)

    @admin.display(description="hecha")
    def hecha(self, revision: Revision) -> str:
        return instante(revision.hecha_en)

    @admin.action(description="Volver a calcular todas las alertas", permissions=["revisar"])
    def revisar(self, request: HttpRequest, queryset: QuerySet[Revision]) -> None:
        cambios = services.revisar_ahora(actor=actor_de(request))
        self.message_user(
            request,
            f"Alertas revisadas: {cambios.abiertas} abiertas, {cambios.actualizadas} actualizadas, "
            f"{cambios.cerradas} cerradas.",
        )

    def has_revisar_permission(self, request: HttpRequest) -> bool:
        return self.puede(request, Permiso.RECONOCER_ALERTAS)


@admin.register(SuscripcionAlResumen)
class SuscripcionAlResumenAdmin(AdminDeEmpresa):
    """A quién se le manda el resumen de cada mañana. Se quita apagándola."""

    permiso_de_ver = permiso_de_agregar = permiso_de_cambiar = Permiso.ADMINISTRAR
    list_display = ("membresia", "activa", "ultimo_dia")
    list_select_related = ("membresia__usuario", "membresia__empresa")

    def get_fields(self, request: HttpRequest, obj: SuscripcionAlResumen | None = None) -> tuple[str, ...]:
        return ("membresia",) if obj is None else ("membresia", "activa", "ultimo_dia")

    def get_readonly_fields(
        self, request: HttpRequest, obj: SuscripcionAlResumen | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else ("membresia", "ultimo_dia")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "membresia":
            kwargs["queryset"] = Membresia.objects.filter(
                empresa=actor_de(request).empresa, activa=True, usuario__es_servicio=False
            ).select_related("usuario", "empresa")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: SuscripcionAlResumen, form: Any, change: bool) -> None:
        activa = form.cleaned_data.get("activa", True)
        hacer = services.suscribir if activa else services.desuscribir
        guardada = hacer(actor=actor_de(request), membresia=obj.membresia)
        obj.pk, obj.empresa = guardada.pk, guardada.empresa
