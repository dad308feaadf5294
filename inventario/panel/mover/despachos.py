"""Despacho por FEFO, con la vista previa de los lotes que salen, y despacho de muchas líneas a la vez."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.existencias.cifras import Disponibilidad
from inventario.existencias.disponibilidad import existencias_de
from inventario.existencias.vista_previa import vista_previa
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.models import Asiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services.comprobaciones import exigir_divisible
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, exigir_cantidad, legible
from inventario.nucleo.errores import ErrorDeDominio, ReglaRota
from inventario.panel.marco.formularios import CantidadCampo, ProductoCampo
from inventario.panel.marco.pagina import VISTOS, clave_enviada, mueve, pagina, responder
from inventario.panel.mover.formulario import (
    BodegaCampo,
    FaltaConfirmar,
    FormularioDeOperacion,
    ParaUnModulo,
    atender,
    explicar,
)
from inventario.panel.templatetags.formatos import cantidad as escribir
from inventario.productos.models import Producto

_TOMA = re.compile(r"(\d{1,18}):(\d{1,18}(?:\.\d{1,9})?)", re.ASCII)
CAMBIOS_QUE_SE_DICEN = 5
PLANTILLAS = ("mover/despachos/nuevo.html", "mover/despachos/_formulario.html")


class ConsultaDeDespacho(FormularioDeOperacion):
    """Lo que decide qué lotes saldrían. Todo puede faltar: se muestra lo que se pueda."""

    producto = ProductoCampo(required=False)
    cantidad = CantidadCampo(required=False)
    bodega = BodegaCampo()
    modulo = forms.CharField(max_length=64, required=False)


class DespachoFormulario(ParaUnModulo, FormularioDeOperacion):
    MAS = ("modulo", "tanque", "lote_modulo", "referencia", "notas")
    field_order = ("producto", "cantidad", "bodega", "motivo", *MAS)

    producto = ProductoCampo()
    cantidad = CantidadCampo()
    bodega = BodegaCampo()


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
    cifras: Disponibilidad
    cantidad: Decimal | None = None
    tomas: list[Toma] = field(default_factory=list)
    rechazo: str = ""
    modulo: str = ""

    @property
    def queda(self) -> Decimal:
        return self.cifras.fisica - (self.cantidad or CERO)

    @property
    def consulta(self) -> str:
        """De qué es la vista previa: la de otro producto o de otra cantidad no dice nada de este despacho."""
        partes = (self.producto.pk, self.bodega.pk, legible(self.cantidad or CERO), self.modulo)
        return "/".join(str(parte) for parte in partes)

    @property
    def visto(self) -> str:
        """Lo enseñado, para saber al confirmar si cambió: «lote:cantidad,…|consulta»."""
        tomas = ",".join(f"{toma.lote.pk}:{legible(toma.sale)}" for toma in self.tomas)
        return f"{tomas}|{self.consulta}" if tomas else ""


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
    modulo: str = consulta.cleaned_data.get("modulo", "")
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
            modulo=modulo,
        )
    except ErrorDeDominio as error:
        return Previsto(producto, bodega, cifras, rechazo=explicar(error))
    previstas = [Toma(toma.lote, toma.cantidad, toma.lote.saldo - toma.cantidad) for toma in tomas]
    return Previsto(producto, bodega, cifras, cantidad, previstas, modulo=modulo)


class CambioLoVisto(ReglaRota):
    """Entre la vista previa y la confirmación cambió de qué lotes sale."""


def exigir_lo_visto(visto: str, previsto: Previsto | None, asiento: Asiento) -> None:
    """Comprueba que salió lo que se enseñó para esa misma consulta, lote por lote.

    Mira lo ya asentado y no lo previsto: entre los dos también puede cambiar. Lanza `FaltaConfirmar` si lo
    visto era de otra consulta, o no se vio nada, y `CambioLoVisto` si salió de otros lotes o en otras partes.
    """
    escritas, _separador, consulta = visto.partition("|")
    if previsto is None or consulta != previsto.consulta:
        raise FaltaConfirmar("Falta ver de qué lotes sale.")
    antes = dict(par for escrita in escritas.split(",") if (par := _par(escrita)))
    ahora = {linea.lote_id: -linea.cantidad for linea in asiento.lineas}
    distintos = [lote for lote in {**antes, **ahora} if antes.get(lote) != ahora.get(lote)]
    if not distintos:
        return
    unidad = previsto.producto.unidad.abreviatura
    lotes: dict[int, Lote] = Lote.objects.in_bulk(distintos[:CAMBIOS_QUE_SE_DICEN])
    cambios = [
        _cambio(lotes[lote], antes.get(lote), ahora.get(lote), unidad) for lote in distintos if lote in lotes
    ]
    texto = traducir("Cambió desde que lo vio: %(cambios)s. No salió nada: si está bien, confirme.")
    raise CambioLoVisto(texto % {"cambios": "; ".join(cambios)})


def _cambio(lote: Lote, antes: Decimal | None, ahora: Decimal | None, unidad: str) -> str:
    datos = {"lote": lote, "antes": escribir(antes), "ahora": escribir(ahora), "unidad": unidad}
    if antes is None:
        return traducir("ahora salen %(ahora)s %(unidad)s del lote %(lote)s") % datos
    if ahora is None:
        return traducir("del lote %(lote)s ya no sale nada") % datos
    return traducir("del lote %(lote)s salían %(antes)s %(unidad)s y ahora %(ahora)s") % datos


def _par(escrito: str) -> tuple[int, Decimal] | None:
    hallado = _TOMA.fullmatch(escrito)
    return (int(hallado[1]), Decimal(hallado[2])) if hallado else None


@mueve
@pagina(Permiso.DESPACHAR)
@require_http_methods(["GET", "POST"])
def despacho(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    enviado = request.method == "POST"
    formulario = DespachoFormulario(
        request.POST if enviado else None, actor=actor, initial=dict(request.GET.items())
    )
    previsto = prever(actor, request.POST if enviado else request.GET)

    def asentar() -> Asiento:
        hecho = services.despachar_fefo(
            actor=actor,
            producto=formulario.cleaned_data["producto"],
            bodega=formulario.bodega_elegida(),
            cantidad=formulario.cleaned_data["cantidad"],
            glosa=formulario.glosa(),
        )
        exigir_lo_visto(request.POST.get(VISTOS, ""), previsto, hecho)
        return hecho

    return atender(
        request,
        formulario,
        asentar,
        plantillas=PLANTILLAS,
        contexto={"previsto": previsto, "confirmar": enviado},
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
        "formulario": DespachoFormulario(
            actor=actor, initial=dict(datos.items()), clave=clave_enviada(request)
        ),
        "confirmar": request.method == "POST",
    }
    return responder(request, "mover/despachos/nuevo.html", "mover/despachos/_vista_previa.html", contexto)
