"""Despacho por FEFO, con la vista previa de los lotes que salen, y despacho de muchas líneas a la vez."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.cuentas.sesion import actor_de
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.models import Motivo
from inventario.movimientos.reparto import Politica
from inventario.movimientos.selectors import Cifras, existencias_de, vista_previa
from inventario.movimientos.services.comprobaciones import exigir_divisible
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, exigir_cantidad
from inventario.nucleo.errores import ErrorDeDominio
from inventario.panel.comun import mueve, pagina, responder
from inventario.panel.despachos_multiples import rutas as rutas_de_multiples
from inventario.panel.formularios import CantidadCampo, ProductoCampo
from inventario.panel.pedidos import (
    DE_DESPACHO,
    BodegaCampo,
    FormularioDePedido,
    ParaUnModulo,
    atender,
    explicar,
    motivos,
)
from inventario.productos.models import Producto

PLANTILLAS = ("despachos/nuevo.html", "despachos/_formulario.html")


class ConsultaDeDespacho(FormularioDePedido):
    """Lo que decide qué lotes saldrían. Todo puede faltar: se muestra lo que se pueda."""

    producto = ProductoCampo(required=False)
    cantidad = CantidadCampo(required=False)
    bodega = BodegaCampo()
    modulo = forms.CharField(max_length=64, required=False)


class DespachoFormulario(ParaUnModulo, FormularioDePedido):
    MAS = ("modulo", "tanque", "lote_modulo", "referencia", "notas")
    field_order = ("producto", "cantidad", "bodega", "motivo", *MAS)

    producto = ProductoCampo()
    cantidad = CantidadCampo()
    bodega = BodegaCampo()
    motivo = forms.ChoiceField(label=_("Motivo"), choices=motivos(DE_DESPACHO), initial=Motivo.CONSUMO)


@dataclass(frozen=True, slots=True)
class Toma:
    """Lo que saldría de un lote y lo que le quedaría."""

    lote: Lote
    sale: Decimal
    queda: Decimal


@dataclass(frozen=True, slots=True)
class Previsto:
    """Lo que pasaría si se despachara ahora; `rechazo` dice por qué no se podría."""

    producto: Producto
    bodega: Bodega
    cifras: Cifras
    cantidad: Decimal | None = None
    tomas: list[Toma] = field(default_factory=list)
    rechazo: str = ""

    @property
    def queda(self) -> Decimal:
        return self.cifras.fisica - (self.cantidad or CERO)


def prever(actor: Actor, datos: Mapping[str, Any] | QueryDict) -> Previsto | None:
    """Lo que saldría con esos datos; `None` si todavía no hay producto. No escribe ni promete nada."""
    consulta = ConsultaDeDespacho(datos, actor=actor)
    consulta.is_valid()
    producto: Producto | None = consulta.cleaned_data.get("producto")
    if producto is None:
        return None
    bodega = consulta.bodega_elegida()
    ahora, hoy = timezone.now(), timezone.localdate()
    cifras = existencias_de([producto.pk], ahora=ahora, hoy=hoy, bodega=bodega)[producto.pk]
    cantidad: Decimal | None = consulta.cleaned_data.get("cantidad")
    if cantidad is None:
        return Previsto(producto, bodega, cifras)
    try:
        exigir_cantidad(cantidad)
        exigir_divisible(producto, cantidad)
        tomas = vista_previa(
            producto=producto,
            bodega=bodega,
            cantidad=cantidad,
            politica=Politica.FEFO,
            ahora=ahora,
            hoy=hoy,
            modulo=consulta.cleaned_data.get("modulo", ""),
        )
    except ErrorDeDominio as error:
        return Previsto(producto, bodega, cifras, rechazo=explicar(error))
    previstas = [Toma(toma.lote, toma.cantidad, toma.lote.saldo - toma.cantidad) for toma in tomas]
    return Previsto(producto, bodega, cifras, cantidad, previstas)


@mueve
@pagina(Permiso.DESPACHAR)
@require_http_methods(["GET", "POST"])
def despacho(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    enviado = request.method == "POST"
    formulario = DespachoFormulario(
        request.POST if enviado else None, actor=actor, initial=dict(request.GET.items())
    )
    return atender(
        request,
        formulario,
        lambda: services.despachar_fefo(
            actor=actor,
            producto=formulario.cleaned_data["producto"],
            bodega=formulario.bodega_elegida(),
            cantidad=formulario.cleaned_data["cantidad"],
            glosa=formulario.glosa(),
        ),
        plantillas=PLANTILLAS,
        contexto={"previsto": prever(actor, request.POST if enviado else request.GET)},
        exito=traducir("Salida FEFO registrada con éxito."),
    )


@pagina(Permiso.DESPACHAR)
@require_http_methods(["GET", "POST"])
def ver_antes(request: HttpRequest) -> HttpResponse:
    """Qué saldría: con htmx, el fragmento; sin JavaScript se le envía el formulario y lo devuelve."""
    actor = actor_de(request)
    datos = request.POST if request.method == "POST" else request.GET
    contexto = {
        "previsto": prever(actor, datos),
        "formulario": DespachoFormulario(actor=actor, initial=dict(datos.items())),
    }
    return responder(request, "despachos/nuevo.html", "despachos/_vista_previa.html", contexto)


rutas = [
    path("despachos/nuevo/", despacho, name="despacho"),
    path("despachos/vista-previa/", ver_antes, name="despacho_vista_previa"),
    *rutas_de_multiples,
]
