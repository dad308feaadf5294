"""Las reservas en la administración: se leen, y se confirman, cancelan o extienden por sus servicios."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from inventario.borde.admin.campos import CantidadCampo
from inventario.borde.admin.enlaces import enlace
from inventario.borde.admin.verbos import AdminConVerbos, FormularioDeVerbo, Verbo
from inventario.cuentas.admin.lectura import instante
from inventario.cuentas.permisos import Permiso
from inventario.lotes.admin import con_unidad
from inventario.movimientos.models import Asiento
from inventario.movimientos.reparto import Politica
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import PASO
from inventario.productos.models import Producto
from inventario.reservas import services
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva
from inventario.reservas.querysets import ReservaQuerySet
from inventario.reservas.services import (
    DOCUMENTO,
    HORAS_HABITUALES,
    HORAS_MAXIMAS,
    HORAS_MINIMAS,
    Resto,
)


class ConfirmarForm(FormularioDeVerbo):
    cantidad = CantidadCampo(
        label="Cantidad",
        required=False,
        min_value=PASO,
        help_text="Vacía, todo lo que resta. Sale primero lo que vence primero.",
    )
    resto = forms.ChoiceField(label="Lo que no se confirme", choices=Resto.choices, initial=Resto.QUEDA.value)


class CancelarForm(FormularioDeVerbo):
    motivo = forms.CharField(
        label="Motivo", max_length=255, widget=forms.TextInput(attrs={"class": "vTextField"})
    )


class ExtenderForm(FormularioDeVerbo):
    horas = forms.IntegerField(
        label="Horas desde ahora",
        min_value=HORAS_MINIMAS,
        max_value=HORAS_MAXIMAS,
        initial=HORAS_HABITUALES,
        help_text="Debe alejar el vencimiento.",
    )


def _confirmar(actor: Actor, reserva: Reserva, datos: dict[str, Any]) -> str:
    asiento = services.confirmar_reserva(
        actor=actor,
        reserva=reserva,
        politica=Politica.FEFO,
        cantidad=datos["cantidad"],
        resto=Resto(datos["resto"]),
    )
    resta = con_unidad(reserva.restante(timezone.now()), reserva.apartado.producto)
    return f"{asiento}: de la reserva de {reserva.apartado.producto} quedan {resta}."


def _cancelar(actor: Actor, reserva: Reserva, datos: dict[str, Any]) -> str:
    services.cancelar_reserva(actor=actor, reserva=reserva, motivo=datos["motivo"])
    liberada = con_unidad(reserva.liberada(timezone.now()), reserva.apartado.producto)
    return f"Reserva cancelada: volvieron a estar disponibles {liberada}."


def _extender(actor: Actor, reserva: Reserva, datos: dict[str, Any]) -> str:
    services.extender_reserva(actor=actor, reserva=reserva, horas=datos["horas"])
    return f"La reserva vence ahora el {instante(reserva.apartado.vence_en)}."


CONFIRMAR = Verbo("confirmar", "Confirmar", Permiso.DESPACHAR, ConfirmarForm, _confirmar)
CANCELAR = Verbo("cancelar", "Cancelar", Permiso.RESERVAR, CancelarForm, _cancelar)
EXTENDER = Verbo("extender", "Extender", Permiso.RESERVAR, ExtenderForm, _extender)


class FiltroDeEstado(admin.SimpleListFilter):
    title = "estado"
    parameter_name = "estado"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(estado.value, str(estado.label)) for estado in EstadoReserva]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reserva]) -> QuerySet[Reserva]:
        elegido = self.value()
        if elegido not in EstadoReserva.values:
            return queryset
        assert isinstance(queryset, ReservaQuerySet)
        return queryset.en_estado(EstadoReserva(elegido), timezone.now())


@admin.register(Reserva)
class ReservaAdmin(AdminConVerbos):
    verbos = (CONFIRMAR, CANCELAR, EXTENDER)
    bodega_en = "apartado__bodega"
    list_display = (
        *("creada", "producto", "bodega", "cantidad", "resta", "modulo", "referencia"),
        *("estado_actual", "vence", "creada_por"),
    )
    list_select_related = ("apartado__producto__unidad", "apartado__bodega", "creada_por", "resuelta_por")
    list_filter = (FiltroDeEstado, "apartado__bodega")
    search_fields = ("apartado__referencia",)
    search_help_text = "Módulo o referencia exactos, SKU o nombre del producto"
    ordering = ("-creada_en", "-apartado_id")
    sortable_by = ()
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("estado_actual", "producto", "bodega", "cantidad", "usada", "resta", "liberada"),
                    *("creada", "vence"),
                )
            },
        ),
        ("Para qué parte de la granja", {"fields": ("modulo", "referencia", "notas")}),
        ("Quién", {"fields": ("creada_por", "externo_nombre", "externo_id")}),
        (
            "Cómo terminó",
            {
                "fields": (
                    *("resuelta", "resuelta_por", "resuelta_externo_nombre", "resuelta_externo_id"),
                    *("motivo", "asientos"),
                )
            },
        ),
    )
    readonly_fields = (
        *("estado_actual", "producto", "bodega", "cantidad", "usada", "resta", "liberada", "creada", "vence"),
        *("modulo", "referencia", "resuelta", "asientos"),
    )

    def buscar(self, texto: str) -> Q:
        return (
            Q(apartado__modulo=texto)
            | Q(apartado__referencia=texto)
            | Q(apartado__producto__in=Producto.objects.que_dicen(texto))
        )

    def describir(self, fila: Reserva) -> str:
        partes = (str(fila), f"quedan {self.resta(fila)}", fila.apartado.modulo, fila.apartado.referencia)
        return " · ".join(filter(None, partes))

    def aplicables(self, fila: Reserva) -> tuple[Verbo, ...]:
        return self.verbos if fila.pendiente(timezone.now()) else ()

    @admin.display(description="producto")
    def producto(self, reserva: Reserva) -> str:
        return str(reserva.apartado.producto)

    @admin.display(description="bodega")
    def bodega(self, reserva: Reserva) -> str:
        return str(reserva.apartado.bodega)

    @admin.display(description="reservada")
    def cantidad(self, reserva: Reserva) -> str:
        return con_unidad(reserva.apartado.cantidad, reserva.apartado.producto)

    @admin.display(description="usada")
    def usada(self, reserva: Reserva) -> str:
        return con_unidad(reserva.apartado.usada, reserva.apartado.producto)

    @admin.display(description="resta")
    def resta(self, reserva: Reserva) -> str:
        return con_unidad(reserva.restante(timezone.now()), reserva.apartado.producto)

    @admin.display(description="liberada")
    def liberada(self, reserva: Reserva) -> str:
        return con_unidad(reserva.liberada(timezone.now()), reserva.apartado.producto)

    @admin.display(description="módulo")
    def modulo(self, reserva: Reserva) -> str:
        return reserva.apartado.modulo

    @admin.display(description="referencia")
    def referencia(self, reserva: Reserva) -> str:
        return reserva.apartado.referencia

    @admin.display(description="estado")
    def estado_actual(self, reserva: Reserva) -> str:
        return str(reserva.estado(timezone.now()).label)

    @admin.display(description="creada")
    def creada(self, reserva: Reserva) -> str:
        return instante(reserva.creada_en)

    @admin.display(description="vence")
    def vence(self, reserva: Reserva) -> str:
        return instante(reserva.apartado.vence_en)

    @admin.display(description="resuelta")
    def resuelta(self, reserva: Reserva) -> str:
        return instante(reserva.resuelta_en) if reserva.resuelta_en else "—"

    @admin.display(description="asientos")
    def asientos(self, reserva: Reserva) -> SafeString:
        suyos = Asiento.objects.filter(documento_tipo=DOCUMENTO, documento_id=str(reserva.pk)).order_by("pk")
        enlaces = ((enlace(asiento, str(asiento.numero)),) for asiento in suyos)
        return format_html_join(", ", "{}", enlaces) or SafeString("—")
