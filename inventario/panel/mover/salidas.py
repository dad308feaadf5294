"""Salida y merma de un lote; ajuste y conteo de un lote o de un producto."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.models import Asiento, Motivo, TipoAsiento
from inventario.movimientos.models.tipos import PERDIDAS, opciones_de
from inventario.panel.marco.formularios import CantidadCampo
from inventario.panel.marco.pagina import mueve, pagina
from inventario.panel.mover.formulario import (
    BodegaCampo,
    ConReferencia,
    FormularioDeOperacion,
    ParaUnModulo,
    atender,
    contexto_de_lote,
    contexto_de_producto,
    escrita,
    lote_de,
    producto_de,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

PLANTILLAS = ("mover/salidas/pagina.html", "mover/salidas/_formulario.html")
SUMA, RESTA = "suma", "resta"
_EXPLICACION = forms.CharField(label=_("Explicación"), max_length=500, required=False)


class SalidaFormulario(ParaUnModulo, FormularioDeOperacion):
    MAS = ("tanque", "lote_modulo", "referencia", "notas")
    field_order = ("cantidad", "motivo", "modulo", *MAS)

    cantidad = CantidadCampo()


class MermaFormulario(ConReferencia, FormularioDeOperacion):
    MAS = ("referencia", "notas")
    field_order = ("cantidad", "motivo", "texto", *MAS)

    cantidad = CantidadCampo()
    motivo = forms.ChoiceField(
        label=_("Por qué se perdió"), choices=opciones_de(*PERDIDAS), initial=Motivo.MERMA
    )
    texto = _EXPLICACION


class CorreccionFormulario(ConReferencia, FormularioDeOperacion):
    """Lo común a ajustar y contar; la bodega solo se pregunta de un producto."""

    MAS = ("referencia", "notas")

    bodega = BodegaCampo()
    motivo = forms.ChoiceField(label=_("Motivo"), choices=opciones_de(TipoAsiento.AJUSTE))
    texto = _EXPLICACION

    def __init__(self, *args: Any, lote: Lote | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if lote is not None:
            self.fields.pop("bodega", None)


class ConteoFormulario(CorreccionFormulario):
    field_order = ("bodega", "cantidad_contada", "motivo", "texto", *CorreccionFormulario.MAS)

    cantidad_contada = CantidadCampo(label=_("Lo que hay de verdad"), help_text=_("Si no queda nada, 0."))


class AjusteFormulario(CorreccionFormulario):
    field_order = ("bodega", "sentido", "diferencia", "motivo", "texto", *CorreccionFormulario.MAS)

    # Hay teclados de números sin el signo menos.
    sentido = forms.ChoiceField(
        label=_("Qué se corrige"),
        choices=[(SUMA, _("Hay de más: se suma")), (RESTA, _("Hay de menos: se resta"))],
        required=False,
        initial=SUMA,
    )
    diferencia = CantidadCampo(label=_("Diferencia"))

    def clean_diferencia(self) -> Decimal:
        """Con su signo; quien lo escribió delante ya lo dijo."""
        diferencia: Decimal = self.cleaned_data["diferencia"]
        return -abs(diferencia) if self.cleaned_data.get("sentido") == RESTA else diferencia


@dataclass(frozen=True, slots=True)
class Correccion:
    """Un ajuste o un conteo: qué formulario lo pide y qué servicios lo asientan."""

    titulo: StrPromise
    boton: StrPromise
    campo: str
    formulario: type[CorreccionFormulario]
    motivo: Motivo
    de_lote: Callable[..., Asiento | None]
    de_producto: Callable[..., Asiento | None]


CONTEO = Correccion(
    titulo=_("Conteo"),
    boton=_("Anotar lo contado"),
    campo="cantidad_contada",
    formulario=ConteoFormulario,
    motivo=Motivo.CONTEO,
    de_lote=lambda valor, **otros: services.contar_lote(contada=valor, **otros),
    de_producto=lambda valor, **otros: services.contar_existencias(contada=valor, **otros),
)
AJUSTE = Correccion(
    titulo=_("Ajuste"),
    boton=_("Ajustar"),
    campo="diferencia",
    formulario=AjusteFormulario,
    motivo=Motivo.CORRECCION,
    de_lote=lambda valor, **otros: services.ajustar_lote(diferencia=valor, **otros),
    de_producto=lambda valor, **otros: services.ajustar_existencias(diferencia=valor, **otros),
)


@mueve
@pagina(Permiso.REGISTRAR_SALIDA)
@require_http_methods(["GET", "POST"])
def salida_de_lote(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    lote = lote_de(actor, pk)
    formulario = SalidaFormulario(request.POST or None, actor=actor)
    hoy = timezone.localdate()
    aviso = ""
    if lote.vencido(hoy) or lote.bloqueado:
        aviso = traducir("Este lote está vencido o bloqueado: solo sale como pérdida.")
    return atender(
        request,
        formulario,
        lambda: services.registrar_salida(
            actor=actor, lote=lote, cantidad=formulario.cleaned_data["cantidad"], glosa=formulario.glosa()
        ),
        plantillas=PLANTILLAS,
        contexto={
            **contexto_de_lote(actor, lote),
            "titulo": traducir("Salida de un lote"),
            "boton": traducir("Registrar la salida"),
            "aviso": aviso,
        },
        exito=traducir("Salida registrada con éxito."),
    )


@mueve
@pagina(Permiso.AJUSTAR)
@require_http_methods(["GET", "POST"])
def merma_de_lote(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    lote = lote_de(actor, pk)
    # Lo vencido se da de baja casi siempre entero y por eso mismo.
    vencido = lote.vencido(timezone.localdate())
    propuesto = {"cantidad": escrita(lote.saldo), "motivo": Motivo.VENCIMIENTO} if vencido else {}
    formulario = MermaFormulario(request.POST or None, actor=actor, initial=propuesto)
    return atender(
        request,
        formulario,
        lambda: services.registrar_merma(
            actor=actor, lote=lote, cantidad=formulario.cleaned_data["cantidad"], glosa=formulario.glosa()
        ),
        plantillas=PLANTILLAS,
        contexto={
            **contexto_de_lote(actor, lote),
            "titulo": traducir("Merma de un lote"),
            "boton": traducir("Dar de baja"),
        },
        exito=traducir("Merma registrada con éxito."),
    )


def _corregir_lote(request: HttpRequest, pk: int, correccion: Correccion) -> HttpResponse:
    actor = actor_de(request)
    lote = lote_de(actor, pk)
    formulario = correccion.formulario(
        request.POST or None, actor=actor, lote=lote, initial={"motivo": correccion.motivo}
    )
    return atender(
        request,
        formulario,
        lambda: correccion.de_lote(
            formulario.cleaned_data[correccion.campo], actor=actor, lote=lote, glosa=formulario.glosa()
        ),
        plantillas=PLANTILLAS,
        contexto={**contexto_de_lote(actor, lote), "titulo": correccion.titulo, "boton": correccion.boton},
        exito=traducir("La corrección quedó registrada."),
        campo=correccion.campo,
        sin_cambio=reverse("panel:lote", args=[lote.pk]),
    )


def _corregir_producto(request: HttpRequest, pk: int, correccion: Correccion) -> HttpResponse:
    actor = actor_de(request)
    producto = producto_de(pk)
    formulario = correccion.formulario(
        request.POST or None, actor=actor, lote=None, initial={"motivo": correccion.motivo}
    )
    return atender(
        request,
        formulario,
        lambda: correccion.de_producto(
            formulario.cleaned_data[correccion.campo],
            actor=actor,
            producto=producto,
            bodega=formulario.bodega_elegida(),
            glosa=formulario.glosa(),
        ),
        plantillas=PLANTILLAS,
        contexto={
            **contexto_de_producto(producto, formulario.bodegas),
            "titulo": correccion.titulo,
            "boton": correccion.boton,
            "de_a_lote": correccion is CONTEO,
        },
        exito=traducir("La corrección quedó registrada."),
        campo=correccion.campo,
        sin_cambio=reverse("panel:producto", args=[producto.pk]),
    )


@mueve
@pagina(Permiso.AJUSTAR)
@require_http_methods(["GET", "POST"])
def ajuste_de_lote(request: HttpRequest, pk: int) -> HttpResponse:
    return _corregir_lote(request, pk, AJUSTE)


@mueve
@pagina(Permiso.AJUSTAR)
@require_http_methods(["GET", "POST"])
def conteo_de_lote(request: HttpRequest, pk: int) -> HttpResponse:
    return _corregir_lote(request, pk, CONTEO)


@mueve
@pagina(Permiso.AJUSTAR)
@require_http_methods(["GET", "POST"])
def ajuste_de_producto(request: HttpRequest, pk: int) -> HttpResponse:
    return _corregir_producto(request, pk, AJUSTE)


@mueve
@pagina(Permiso.AJUSTAR)
@require_http_methods(["GET", "POST"])
def conteo_de_producto(request: HttpRequest, pk: int) -> HttpResponse:
    return _corregir_producto(request, pk, CONTEO)
