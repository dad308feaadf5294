"""Traslado entre bodegas, de un producto por FEFO o de un lote nombrado."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.alcance import se_nombra_la_bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.reparto import Politica
from inventario.panel.marco.formularios import CantidadCampo, ProductoCampo
from inventario.panel.marco.pagina import mueve, pagina
from inventario.panel.mover.formulario import (
    BodegaCampo,
    ConReferencia,
    FormularioDeOperacion,
    atender,
    contexto_de_lote,
    lote_de,
)
from inventario.panel.mover.operaciones import destinos

PLANTILLAS = ("mover/salidas/pagina.html", "mover/salidas/_formulario.html")


class TrasladoFormulario(ConReferencia, FormularioDeOperacion):
    """De un lote nombrado no se pregunta ni el producto ni de dónde sale."""

    MAS = ("referencia", "notas")
    field_order = ("producto", "cantidad", "bodega", "hacia", *MAS)

    producto = ProductoCampo()
    cantidad = CantidadCampo()
    bodega = BodegaCampo(label=_("Sale de"))
    hacia = BodegaCampo(label=_("Llega a"), required=True)

    def __init__(self, *args: Any, lote: Lote | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if lote is not None:
            del self.fields["producto"]
            self.fields.pop("bodega", None)
        adonde = destinos(self.actor, self.bodegas, desde=lote.bodega_id if lote else None)
        self.hay_destino = se_nombra_la_bodega(self.bodegas) and bool(adonde)
        hacia = self.fields["hacia"]
        assert isinstance(hacia, BodegaCampo)
        hacia.ofrecer(adonde, vacia=len(adonde) != 1)

    def glosa(self) -> Glosa:
        return replace(super().glosa(), motivo=Motivo.TRASLADO)


@mueve
@pagina(Permiso.TRASLADAR)
@require_http_methods(["GET", "POST"])
def traslado(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    formulario = TrasladoFormulario(request.POST or None, actor=actor, initial=dict(request.GET.items()))
    return atender(
        request,
        formulario,
        lambda: services.trasladar(
            actor=actor,
            producto=formulario.cleaned_data["producto"],
            cantidad=formulario.cleaned_data["cantidad"],
            desde=formulario.bodega_elegida(),
            hacia=formulario.cleaned_data["hacia"],
            politica=Politica.FEFO,
            glosa=formulario.glosa(),
        ),
        plantillas=PLANTILLAS,
        contexto=_CONTEXTO,
        exito=traducir("Traslado registrado con éxito."),
    )


@mueve
@pagina(Permiso.TRASLADAR)
@require_http_methods(["GET", "POST"])
def traslado_de_lote(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    lote = lote_de(actor, pk)
    formulario = TrasladoFormulario(request.POST or None, actor=actor, lote=lote)
    return atender(
        request,
        formulario,
        lambda: services.trasladar_lote(
            actor=actor,
            lote=lote,
            cantidad=formulario.cleaned_data["cantidad"],
            hacia=formulario.cleaned_data["hacia"],
            glosa=formulario.glosa(),
        ),
        plantillas=PLANTILLAS,
        contexto={**contexto_de_lote(actor, lote), **_CONTEXTO},
        exito=traducir("Traslado registrado con éxito."),
    )


_CONTEXTO = {"titulo": _("Traslado entre bodegas"), "boton": _("Trasladar"), "traslado": True}
