"""El recibo de una operación: qué se movió, quién, cuándo, a qué costo; y cómo se deshace."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.permisos import Permiso
from inventario.movimientos import services
from inventario.movimientos.documentos import asientos_al_alcance, lineas_al_alcance
from inventario.movimientos.models import Asiento, Movimiento, TipoAsiento
from inventario.movimientos.services.reversos import es_reciente, puede_revertir
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, costo_total
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado, SinPermiso
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import anotar_error, enfocar_error, ir_a, mueve, pagina, responder
from inventario.panel.mover.formulario import direccion_del_recibo

POR_PAGINA = 50


class DeshacerFormulario(Formulario):
    motivo = forms.CharField(
        label=_("Por qué se deshace"), max_length=500, help_text=_("Queda escrito en el reverso.")
    )


def asiento_de(actor: Actor, pk: int) -> Asiento:
    """El asiento con quien lo hizo y su reverso. Quien está limitado a unas bodegas ve los que las tocan."""
    asientos = Asiento.objects.select_related(
        "actor", "importacion", "revierte__actor", "reverso__actor"
    ).filter(pk=pk)
    asiento: Asiento | None = asientos_al_alcance(asientos, actor.alcance).first()
    if asiento is None:
        raise NoEncontrado(traducir("No existe ese asiento."))
    return asiento


def costo_movido(lineas: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Lo que costó lo que se movió. En un traslado lo que sale y lo que llega es lo mismo: cuenta una vez."""
    pares = list(lineas)
    entro = costo_total(par for par in pares if par[0] > CERO)
    return max(entro, -costo_total(par for par in pares if par[0] < CERO))


def _contexto(request: HttpRequest, asiento: Asiento, formulario: DeshacerFormulario) -> dict[str, Any]:
    actor, ahora = actor_de(request), timezone.now()
    lineas = lineas_al_alcance(asiento, actor.alcance)
    de_otras = Movimiento.objects.filter(asiento=asiento).exclude(actor.alcance.condicion())
    parcial = actor.alcance.limitado and de_otras.exists()
    detalle = lineas.select_related("producto__unidad", "lote", "bodega").order_by("pk")
    hoja = Paginator(detalle, POR_PAGINA).get_page(request.GET.get("pagina"))
    reverso = getattr(asiento, "reverso", None)
    return {
        "asiento": asiento,
        "titulo": asiento.get_tipo_display(),
        "pagina": hoja,
        "total": costo_movido(lineas.values_list("cantidad", "costo_unitario")),
        "parcial": parcial,
        "varias": varias_bodegas(actor.alcance),
        "reverso": reverso,
        "se_revierte": reverso is None and asiento.tipo != TipoAsiento.REVERSO,
        "reciente": es_reciente(asiento, ahora),
        "puede": not parcial and puede_revertir(actor, asiento, ahora),
        "formulario": formulario,
    }


@pagina(Permiso.VER)
@require_GET
def asiento(request: HttpRequest, pk: int) -> HttpResponse:
    contexto = _contexto(request, asiento_de(actor_de(request), pk), DeshacerFormulario())
    return responder(request, "mover/recibos/asiento.html", "mover/recibos/_lineas.html", contexto)


@mueve
@pagina(Permiso.VER)
@require_http_methods(["GET", "POST"])
def revertir(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    asiento = asiento_de(actor, pk)
    if request.method != "POST":
        # Es la dirección del formulario: quien vuelve a ella después de entrar cae en el recibo.
        return ir_a(request, direccion_del_recibo(asiento))
    formulario = DeshacerFormulario(request.POST)
    if formulario.is_valid():
        try:
            reverso = services.revertir_asiento(
                actor=actor, asiento=asiento, explicacion=formulario.cleaned_data["motivo"]
            )
        except SinPermiso:
            raise
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
            # Otro pudo revertirlo mientras se escribía el motivo.
            asiento = asiento_de(actor, pk)
        else:
            messages.success(request, traducir("Quedó deshecho."))
            return ir_a(request, direccion_del_recibo(reverso))
    enfocar_error(formulario)
    contexto = _contexto(request, asiento, formulario)
    return responder(
        request, "mover/recibos/asiento.html", "mover/recibos/_deshacer.html", contexto, estado=422
    )
