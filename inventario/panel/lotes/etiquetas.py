"""Etiquetas para pegar en lo que llegó: de un lote, o de todos los de una entrada."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos.documentos import lineas_al_alcance
from inventario.movimientos.models import Asiento
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import pagina
from inventario.panel.mover.formulario import lote_de
from inventario.panel.mover.recibos import asiento_de

COPIAS = 100
# Dibujarlas ocupa a un proceso: más se piden por partes.
DE_UNA_VEZ = 500


class EtiquetasFormulario(Formulario):
    formato = forms.ChoiceField(
        label=_("Papel"),
        choices=[
            ("hoja", _("Hoja A4: 14 de 99 × 38 mm")),
            ("rollo", _("Rollo de 62 mm: una por corte")),
        ],
        initial="hoja",
    )
    copias = forms.IntegerField(
        label=_("Copias de cada una"), min_value=1, max_value=COPIAS, initial=1, required=False
    )


def lotes_que_entraron(actor: Actor, asiento: Asiento) -> list[Lote]:
    """Los lotes que recibieron algo en ese asiento, en su orden, de las bodegas al alcance de quien pide."""
    lineas = lineas_al_alcance(asiento, actor.alcance).filter(cantidad__gt=0)
    lineas = lineas.select_related("lote__producto").order_by("pk")[: DE_UNA_VEZ + 1]
    lotes = list({linea.lote_id: linea.lote for linea in lineas}.values())
    if not lotes:
        raise NoEncontrado(traducir("En ese asiento no entró nada que etiquetar."))
    return lotes


@pagina(Permiso.VER)
@require_GET
def de_lote(request: HttpRequest, pk: int) -> HttpResponse:
    lote = lote_de(actor_de(request), pk)
    return _elegir(request, [lote], reverse("panel:etiqueta", args=[pk]))


@pagina(Permiso.VER)
@require_GET
def de_asiento(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    lotes = lotes_que_entraron(actor, asiento_de(actor, pk))
    return _elegir(request, lotes, reverse("panel:etiquetas", args=[pk]))


def _elegir(request: HttpRequest, lotes: Sequence[Lote], destino: str) -> HttpResponse:
    contexto = {"formulario": EtiquetasFormulario(), "lotes": lotes, "destino": destino}
    return render(request, "lotes/etiquetas.html", contexto)


@pagina(Permiso.VER)
@require_GET
def etiqueta(request: HttpRequest, pk: int) -> HttpResponse:
    return _pdf(request, [lote_de(actor_de(request), pk)], f"etiqueta-lote-{pk}.pdf")


@pagina(Permiso.VER)
@require_GET
def etiquetas(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    asiento = asiento_de(actor, pk)
    return _pdf(request, lotes_que_entraron(actor, asiento), f"etiquetas-{asiento.numero}.pdf")


def _pdf(request: HttpRequest, lotes: Sequence[Lote], nombre: str) -> HttpResponse:
    formulario = EtiquetasFormulario({"formato": "hoja", **request.GET.dict()})
    if not formulario.is_valid():
        campo, mensajes = next(iter(formulario.errors.items()))
        raise DatoInvalido(f"{formulario[campo].label}: {mensajes[0]}", campo=campo)
    copias = formulario.cleaned_data["copias"] or 1
    if len(lotes) * copias > DE_UNA_VEZ:
        texto = traducir("Son demasiadas etiquetas: pida %(tope)s o menos a la vez.") % {"tope": DE_UNA_VEZ}
        raise DatoInvalido(texto, campo="copias")
    pares = [(lote, request.build_absolute_uri(reverse("panel:lote", args=[lote.pk]))) for lote in lotes]
    # Dibujar trae consigo media docena de bibliotecas: que las cargue quien imprime, y no cada arranque.
    from inventario.panel.lotes.etiquetas_pdf import FORMATOS, dibujar

    contenido = dibujar(
        [par for par in pares for _copia in range(copias)], FORMATOS[formulario.cleaned_data["formato"]]
    )
    cabeceras = {"Content-Disposition": f'inline; filename="{nombre}"', "Cache-Control": "private, no-store"}
    return HttpResponse(contenido, content_type="application/pdf", headers=cabeceras)
