"""Lotes: se leen, se buscan y se filtran. Sus verbos los agrega movimientos, que es quien los hace."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.lectura import AdminDeLectura, LecturaEnLinea, dia, instante
from inventario.lotes.models import CambioDeBloqueo, EstadoLote, Lote
from inventario.lotes.querysets import lotes_que_dicen
from inventario.nucleo.cantidades import legible
from inventario.nucleo.reloj import hoy_en
from inventario.productos.models import Producto

AVISO_DIAS = 30


def hoy_de(request: HttpRequest) -> date:
    return hoy_en(actor_de(request).empresa.zona_horaria, timezone.now())


class FiltroDeEstado(admin.SimpleListFilter):
    title = "estado"
    parameter_name = "estado"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(estado.value, str(estado.label)) for estado in EstadoLote]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lote]) -> QuerySet[Lote]:
        hoy = hoy_de(request)
        pronto = hoy + timedelta(days=AVISO_DIAS)
        filtros = {
            EstadoLote.AGOTADO: Q(saldo__lte=0),
            EstadoLote.SIN_FECHA: Q(saldo__gt=0, vence_el=None),
            EstadoLote.VENCIDO: Q(saldo__gt=0, vence_el__lt=hoy),
            EstadoLote.POR_VENCER: Q(saldo__gt=0, vence_el__gte=hoy, vence_el__lte=pronto),
            EstadoLote.VIGENTE: Q(saldo__gt=0, vence_el__gt=pronto),
        }
        elegido = self.value()
        return queryset.filter(filtros[EstadoLote(elegido)]) if elegido in EstadoLote.values else queryset


class CambiosEnLinea(LecturaEnLinea):
    model = CambioDeBloqueo
    fields = readonly_fields = ("hecho", "cambio", "motivo", "usuario")
    verbose_name_plural = "Historia del bloqueo"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CambioDeBloqueo]:
        return super().get_queryset(request).select_related("usuario")

    @admin.display(description="cuándo")
    def hecho(self, cambio: CambioDeBloqueo) -> str:
        return instante(cambio.hecho_en)

    @admin.display(description="cambio")
    def cambio(self, cambio: CambioDeBloqueo) -> str:
        return "Se bloqueó" if cambio.bloqueado else "Se desbloqueó"


class LoteAdmin(AdminDeLectura):
    list_display = (
        *("lote", "sku", "nombre", "bodega", "queda", "vence", "estado"),
        *("ingreso", "procedencia"),
    )
    list_select_related = ("empresa", "producto__unidad", "bodega")
    list_filter = (
        FiltroDeEstado,
        "bloqueado",
        "procedencia",
        ("vence_el", admin.DateFieldListFilter),
        "bodega",
    )
    search_fields = ("codigo",)
    search_help_text = "Código del lote, referencia del proveedor, SKU o nombre del producto"
    ordering = ("-id",)
    sortable_by = ("lote", "vence", "ingreso")
    inlines = (CambiosEnLinea,)
    fields = (
        *("lote", "producto", "bodega", "queda", "recibido", "estado", "vence", "costo"),
        *("ingreso", "procedencia", "origen", "proveedor", "referencia_proveedor"),
        "bloqueo",
    )
    readonly_fields = ("lote", "queda", "recibido", "estado", "vence", "costo", "ingreso", "bloqueo")

    def get_fields(self, request: HttpRequest, obj: Lote | None = None) -> list[Any]:
        campos = super().get_fields(request, obj)
        origen = obj.origen if obj is not None else None
        ajeno = origen is not None and not actor_de(request).alcance.ve(origen.bodega_id)
        return [campo for campo in campos if not (ajeno and campo == "origen")]

    def buscar(self, texto: str) -> Q:
        productos = Producto.objects.que_dicen(texto).values("pk")
        return lotes_que_dicen(texto) | Q(producto__in=productos)

    @admin.display(description="lote", ordering="codigo")
    def lote(self, lote: Lote) -> str:
        return str(lote)

    @admin.display(description="SKU")
    def sku(self, lote: Lote) -> str:
        return lote.producto.sku or "—"

    @admin.display(description="producto")
    def nombre(self, lote: Lote) -> str:
        return lote.producto.nombre

    @admin.display(description="vence el", ordering="vence_el")
    def vence(self, lote: Lote) -> str:
        return dia(lote.vence_el)

    @admin.display(description="ingresó", ordering="fecha_ingreso")
    def ingreso(self, lote: Lote) -> str:
        return dia(lote.fecha_ingreso)

    @admin.display(description="queda")
    def queda(self, lote: Lote) -> str:
        return con_unidad(lote.saldo, lote.producto)

    @admin.display(description="se recibió")
    def recibido(self, lote: Lote) -> str:
        return con_unidad(lote.cantidad_recibida, lote.producto)

    @admin.display(description="costo unitario")
    def costo(self, lote: Lote) -> str:
        return f"{legible(lote.costo_unitario)} {lote.empresa.moneda}"

    @admin.display(description="estado")
    def estado(self, lote: Lote) -> str:
        hoy = hoy_en(lote.empresa.zona_horaria, timezone.now())
        estado = str(lote.estado(hoy, aviso_dias=AVISO_DIAS).label)
        return f"{estado}, bloqueado" if lote.bloqueado else estado

    @admin.display(description="bloqueo")
    def bloqueo(self, lote: Lote) -> str:
        return lote.motivo_bloqueo if lote.bloqueado else "No está bloqueado"


def con_unidad(cantidad: Decimal, producto: Producto) -> str:
    return f"{legible(cantidad)} {producto.unidad.abreviatura}"


admin.site.register(Lote, LoteAdmin)
