"""Las reservas: la lista con lo que les queda, la ficha, y confirmarlas, cancelarlas o extenderlas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.permisos import Permiso
from inventario.movimientos.models import Asiento
from inventario.movimientos.reparto import Politica
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado
from inventario.panel.marco.cursores import Orden, leer_momento, tramo
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import enfocar_error, ir_a, mueve, pagina, responder
from inventario.panel.mover.formulario import anotar_rechazo, direccion_del_recibo, escrita
from inventario.panel.reservas.formularios import (
    CancelarFormulario,
    ConfirmarFormulario,
    ExtenderFormulario,
    FiltroDeReservas,
    ReservaFormulario,
)
from inventario.reservas import services
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva
from inventario.reservas.selectors import reserva_nombrada
from inventario.reservas.services import DOCUMENTO, HORAS_HABITUALES, Resto

POR_PAGINA = 25
RECIENTES = Orden("creada_en", leer_momento, desempate="apartado_id", descendente=True)
# Lo que está por vencer se ve primero.
URGENTES = Orden("apartado__vence_en", leer_momento, desempate="apartado_id")


@dataclass(frozen=True, slots=True)
class EnFila:
    """Una reserva como se ve en este instante. `queda` es la cuenta de quien no tiene JavaScript."""

    reserva: Reserva
    estado: EstadoReserva
    restante: Any
    liberada: Any
    queda: str


def en_palabras(falta: timedelta) -> str:
    """Lo que falta, con las dos unidades más grandes: «2 d 5 h», «5 h 10 min», «3 min»."""
    minutos = max(0, int(falta.total_seconds())) // 60
    dias, horas = divmod(minutos // 60, 24)
    if dias:
        return f"{dias} d {horas} h"
    return f"{horas} h {minutos % 60} min" if horas else f"{minutos} min"


def en_fila(reserva: Reserva, ahora: datetime) -> EnFila:
    estado = reserva.estado(ahora)
    falta = reserva.apartado.vence_en - ahora
    queda = ""
    if reserva.pendiente(ahora):
        queda = traducir("quedan %(tiempo)s") % {"tiempo": en_palabras(falta)}
    return EnFila(reserva, estado, reserva.restante(ahora), reserva.liberada(ahora), queda)


def direccion_de_la_ficha(reserva: Reserva) -> str:
    return reverse("panel:reserva", args=[reserva.pk])


@pagina(Permiso.VER)
@require_GET
def reservas(request: HttpRequest) -> HttpResponse:
    filtro, ahora = FiltroDeReservas(request.GET, actor=actor_de(request)), timezone.now()
    consulta = filtro.aplicar(ahora).con_detalle()
    orden = URGENTES if filtro.solo_pendientes else RECIENTES
    encontradas = tramo(consulta, orden, cursor=request.GET.get("cursor", ""), limite=POR_PAGINA)
    contexto = {
        "filtro": filtro,
        "tramo": encontradas,
        "filas": [en_fila(reserva, ahora) for reserva in encontradas.filas],
        "ahora": ahora,
        "varias": filtro.varias,
    }
    return responder(request, "reservas/lista.html", "reservas/_tabla.html", contexto)


@mueve
@pagina(Permiso.RESERVAR)
@require_http_methods(["GET", "POST"])
def reservar(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    enviado = request.method == "POST"
    formulario = ReservaFormulario(
        request.POST if enviado else None,
        actor=actor,
        initial={"horas": HORAS_HABITUALES, **dict(request.GET.items())},
    )
    if enviado and formulario.is_valid():
        datos = formulario.cleaned_data
        try:
            reserva = services.reservar(
                actor=actor,
                producto=datos["producto"],
                bodega=formulario.bodega_elegida(),
                cantidad=datos["cantidad"],
                horas=datos["horas"],
                modulo=datos["modulo"],
                referencia=datos["referencia"],
                notas=datos["notas"],
            )
        except ErrorDeDominio as error:
            anotar_rechazo(formulario, error)
        else:
            messages.success(request, traducir("Listo: quedó reservado."))
            return ir_a(request, direccion_de_la_ficha(reserva))
    if enviado:
        enfocar_error(formulario)
    return responder(
        request,
        "reservas/nueva.html",
        "reservas/_formulario.html",
        {"formulario": formulario},
        estado=422 if enviado else 200,
    )


def reserva_al_alcance(request: HttpRequest, pk: UUID) -> Reserva:
    """Lanza `NoEncontrado` si no existe en la empresa, o si es de una bodega a la que no llega."""
    reserva = reserva_nombrada(pk, actor_de(request).alcance)
    if reserva is None:
        raise NoEncontrado(traducir("No existe esa reserva."))
    return reserva


def _contexto(request: HttpRequest, pk: UUID, **formularios: Formulario) -> dict[str, Any]:
    ahora = timezone.now()
    # Se lee otra vez: pudo resolverla otro mientras esta persona escribía.
    reserva = reserva_al_alcance(request, pk)
    salidas = Asiento.objects.filter(documento_tipo=DOCUMENTO, documento_id=str(pk))
    return {
        "reserva": reserva,
        "fila": en_fila(reserva, ahora),
        "ahora": ahora,
        "pendiente": reserva.pendiente(ahora),
        "varias": varias_bodegas(actor_de(request).alcance),
        "salidas": list(salidas.select_related("actor").order_by("-pk")[:POR_PAGINA]),
        "confirmar": ConfirmarFormulario(
            initial={"cantidad": escrita(reserva.restante(ahora)) if reserva.pendiente(ahora) else ""}
        ),
        "cancelar": CancelarFormulario(),
        "extender": ExtenderFormulario(),
        **formularios,
    }


@pagina(Permiso.VER)
@require_GET
def reserva(request: HttpRequest, pk: UUID) -> HttpResponse:
    return responder(request, "reservas/ficha.html", "reservas/_ficha.html", _contexto(request, pk))


def _resolver(
    request: HttpRequest,
    pk: UUID,
    nombre: str,
    clase: type[Formulario],
    hacer: Callable[[Reserva, dict[str, Any]], str],
) -> HttpResponse:
    """`hacer` llama al servicio y devuelve a dónde se va después."""
    reserva = reserva_al_alcance(request, pk)
    if request.method != "POST":
        # Es la dirección del formulario: quien vuelve a ella después de entrar cae en la ficha.
        return ir_a(request, direccion_de_la_ficha(reserva))
    formulario = clase(request.POST)
    if formulario.is_valid():
        try:
            destino = hacer(reserva, formulario.cleaned_data)
        except ErrorDeDominio as error:
            anotar_rechazo(formulario, error)
        else:
            return ir_a(request, destino)
    enfocar_error(formulario)
    contexto = _contexto(request, pk, **{nombre: formulario})
    return responder(request, "reservas/ficha.html", "reservas/_ficha.html", contexto, estado=422)


@mueve
@pagina(Permiso.DESPACHAR)
@require_http_methods(["GET", "POST"])
def confirmar(request: HttpRequest, pk: UUID) -> HttpResponse:
    def hacer(reserva: Reserva, datos: dict[str, Any]) -> str:
        asiento = services.confirmar_reserva(
            actor=actor_de(request),
            reserva=reserva,
            politica=Politica.FEFO,
            cantidad=datos["cantidad"],
            resto=Resto(datos["resto"] or Resto.QUEDA),
        )
        return direccion_del_recibo(asiento)

    return _resolver(request, pk, "confirmar", ConfirmarFormulario, hacer)


@mueve
@pagina(Permiso.RESERVAR)
@require_http_methods(["GET", "POST"])
def cancelar(request: HttpRequest, pk: UUID) -> HttpResponse:
    def hacer(reserva: Reserva, datos: dict[str, Any]) -> str:
        services.cancelar_reserva(actor=actor_de(request), reserva=reserva, motivo=datos["motivo"])
        messages.success(request, traducir("Se canceló: lo que restaba quedó libre."))
        return direccion_de_la_ficha(reserva)

    return _resolver(request, pk, "cancelar", CancelarFormulario, hacer)


@mueve
@pagina(Permiso.RESERVAR)
@require_http_methods(["GET", "POST"])
def extender(request: HttpRequest, pk: UUID) -> HttpResponse:
    def hacer(reserva: Reserva, datos: dict[str, Any]) -> str:
        services.extender_reserva(actor=actor_de(request), reserva=reserva, horas=datos["horas"])
        texto = ngettext("Vence en %(n)s hora.", "Vence en %(n)s horas.", datos["horas"])
        messages.success(request, texto % {"n": datos["horas"]})
        return direccion_de_la_ficha(reserva)

    return _resolver(request, pk, "extender", ExtenderFormulario, hacer)
