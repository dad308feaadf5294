"""El libro: asientos con sus líneas, y movimientos. Se leen; el único verbo es revertir."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inventario.borde.admin.enlaces import enlace, lista_filtrada
from inventario.borde.admin.verbos import AdminConVerbos, Verbo
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.lectura import AdminDeLectura, LecturaEnLinea, instante
from inventario.cuentas.permisos import Permiso
from inventario.lotes.admin import con_unidad
from inventario.movimientos import services
from inventario.movimientos.admin.busqueda import asientos_que_dicen, movimientos_que_dicen
from inventario.movimientos.admin.formularios import ReversoForm
from inventario.movimientos.documentos import asientos_al_alcance, lineas_al_alcance
from inventario.movimientos.models import Asiento, Movimiento, TipoAsiento
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import costo_total, en_dinero, legible

ASIENTOS_RECIENTES = 5_000


class FiltroDeModulo(admin.SimpleListFilter):
    title = "módulo"
    parameter_name = "modulo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        # Los que se usaron hace poco: reunir los de toda la historia sería recorrerla entera.
        recientes = Asiento.objects.order_by("-pk").values("pk")[:ASIENTOS_RECIENTES]
        suyos = asientos_al_alcance(Asiento.objects.filter(pk__in=recientes), actor_de(request).alcance)
        elegido = request.GET.get(self.parameter_name, "")
        return [(uno, uno) for uno in sorted({*suyos.values_list("modulo", flat=True), elegido} - {""})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Asiento]) -> QuerySet[Asiento]:
        return queryset.filter(modulo=self.value()) if self.value() else queryset


class Columnas:
    """Lo que asientos y movimientos muestran igual."""

    @admin.display(description="fecha", ordering="fecha_efectiva")
    def fecha(self, fila: Asiento | Movimiento) -> str:
        return instante(fila.fecha_efectiva)

    @admin.display(description="producto")
    def articulo(self, linea: Movimiento) -> str:
        return str(linea.producto)

    @admin.display(description="cantidad")
    def cuanto(self, linea: Movimiento) -> str:
        signo = "+" if linea.cantidad > 0 else ""
        return f"{signo}{con_unidad(linea.cantidad, linea.producto)}"

    @admin.display(description="costo unitario")
    def costo(self, linea: Movimiento) -> str:
        return legible(linea.costo_unitario)

    @admin.display(description="saldo del lote")
    def saldo(self, linea: Movimiento) -> str:
        return legible(linea.saldo_lote_tras)

    @admin.display(description="existencia")
    def existencia(self, linea: Movimiento) -> str:
        return legible(linea.fisica_tras)

    @admin.display(description="lote")
    def del_lote(self, linea: Movimiento) -> SafeString:
        return enlace(linea.lote)


class LineasEnLinea(Columnas, LecturaEnLinea):
    model = Movimiento
    fields = readonly_fields = (
        "articulo",
        "del_lote",
        "bodega",
        "cuanto",
        "costo",
        "saldo",
        "existencia",
        "nota",
    )
    ordering = ("pk",)
    verbose_name_plural = "Líneas"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Movimiento]:
        lineas = super().get_queryset(request).select_related("producto__unidad", "lote", "bodega")
        return actor_de(request).alcance.filtrar(lineas)


def _revertir(actor: Actor, asiento: Asiento, datos: dict[str, Any]) -> str:
    reverso = services.revertir_asiento(actor=actor, asiento=asiento, explicacion=datos["explicacion"])
    return f"{asiento} revertido por el asiento {reverso.numero}."


def _tomar(actor: Actor, asientos: list[Asiento]) -> None:
    services.tomar_para_revertir(actor=actor, asientos=asientos)


REVERTIR = Verbo("revertir", "Revertir", Permiso.REVERTIR, ReversoForm, _revertir, _tomar)


@admin.register(Asiento)
class AsientoAdmin(Columnas, AdminConVerbos):
    verbos = (REVERTIR,)
    bodega_en = ""
    list_display = (
        "numero",
        "fecha",
        "tipo",
        "motivo",
        "modulo",
        "tanque",
        "referencia",
        "actor",
        "reverso_de_o_por",
    )
    list_select_related = ("actor", "revierte", "reverso")
    list_filter = ("tipo", "motivo", FiltroDeModulo, ("fecha_efectiva", admin.DateFieldListFilter))
    search_fields = ("numero",)
    search_help_text = "Número del asiento o referencia"
    ordering = ("-id",)
    sortable_by = ("fecha",)
    inlines = (LineasEnLinea,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "numero",
                    "tipo",
                    "fecha",
                    "registrado",
                    "costo_del_asiento",
                    "reverso_de_o_por",
                )
            },
        ),
        ("Por qué", {"fields": ("motivo", "motivo_texto", "referencia", "notas")}),
        ("Para qué parte de la granja", {"fields": ("modulo", "tanque", "lote_modulo", "sesion")}),
        (
            "Quién",
            {
                "fields": (
                    "actor",
                    "externo_nombre",
                    "externo_id",
                    "solicitud_id",
                    "documento_tipo",
                    "documento_id",
                    "importacion",
                )
            },
        ),
    )
    readonly_fields = ("fecha", "registrado", "costo_del_asiento", "reverso_de_o_por")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asiento]:
        return asientos_al_alcance(super().get_queryset(request), actor_de(request).alcance)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Con las líneas que ve quien mira: lo que costó es lo de ellas."""
        asiento = super().get_object(request, object_id, from_field)
        if asiento is not None:
            asiento.lineas = list(lineas_al_alcance(asiento, actor_de(request).alcance))
        return asiento

    def buscar(self, texto: str) -> Q:
        return Q(pk__in=asientos_que_dicen(texto))

    def describir(self, fila: Asiento) -> str:
        return " · ".join(filter(None, (str(fila), self.fecha(fila), fila.referencia, fila.tanque)))

    def aplicables(self, fila: Asiento) -> tuple[Verbo, ...]:
        ya = fila.tipo == TipoAsiento.REVERSO or hasattr(fila, "reverso")
        return () if ya else self.verbos

    def enlaces(self, fila: Asiento) -> list[tuple[str, str]]:
        return [("Ver sus movimientos", lista_filtrada(Movimiento, asiento=fila.pk))]

    @admin.display(description="registrado")
    def registrado(self, asiento: Asiento) -> str:
        return instante(asiento.registrado_en)

    @admin.display(description="costo")
    def costo_del_asiento(self, asiento: Asiento) -> str:
        lineas = [(linea.cantidad, linea.costo_unitario) for linea in asiento.lineas]
        return f"{en_dinero(costo_total(lineas))} {asiento.empresa.moneda}"

    @admin.display(description="reverso")
    def reverso_de_o_por(self, asiento: Asiento) -> SafeString:
        if asiento.revierte is not None:
            return format_html("revierte el {}", enlace(asiento.revierte, str(asiento.revierte.numero)))
        reverso = getattr(asiento, "reverso", None)
        if reverso is not None:
            return format_html("revertido por el {}", enlace(reverso, str(reverso.numero)))
        return SafeString("—")


@admin.register(Movimiento)
class MovimientoAdmin(Columnas, AdminDeLectura):
    list_display = (
        "id",
        "fecha",
        "del_asiento",
        "tipo",
        "articulo",
        "del_lote",
        "bodega",
        "cuanto",
        "costo",
        "saldo",
        "existencia",
    )
    list_select_related = ("asiento", "producto__unidad", "lote", "bodega")
    # Por tipo se filtran los asientos, que son menos: aquí uno raro obligaría a recorrer todas las líneas.
    list_filter = (("fecha_efectiva", admin.DateFieldListFilter), "bodega")
    search_fields = ("asiento__numero",)
    search_help_text = "Número o referencia del asiento, código del lote o SKU, enteros"
    ordering = ("-fecha_efectiva", "-id")
    sortable_by = ("fecha",)
    fields = (
        *("del_asiento", "tipo", "fecha", "articulo", "del_lote", "bodega"),
        *("cuanto", "costo", "saldo", "existencia", "nota"),
    )
    readonly_fields = (
        "del_asiento",
        "fecha",
        "articulo",
        "del_lote",
        "cuanto",
        "costo",
        "saldo",
        "existencia",
    )

    def buscar(self, texto: str) -> Q:
        return movimientos_que_dicen(texto)

    @admin.display(description="asiento")
    def del_asiento(self, linea: Movimiento) -> SafeString:
        return enlace(linea.asiento, str(linea.asiento.numero))
