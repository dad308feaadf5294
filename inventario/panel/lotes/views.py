"""Los lotes: la lista, la ficha con de dónde vino y adónde fue, y su bloqueo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.alcance import son_varias
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.existencias.trazabilidad import lineas_de_lotes, origen_de
from inventario.lotes.models import CambioDeBloqueo, Lote
from inventario.lotes.querysets import LoteQuerySet
from inventario.movimientos import services
from inventario.movimientos.services.bloqueos import LARGO_DEL_MOTIVO, lote_y_descendientes
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado
from inventario.panel.buscar.lote_escrito import Buscado, LoteEscritoCampo
from inventario.panel.marco.cursores import RECIENTES, Orden, leer_dia, tramo
from inventario.panel.marco.filtros import DiaCampo, Filtro
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import anotar_error, ir_a, mueve, pagina, responder
from inventario.panel.mover.formulario import en_cerrada
from inventario.panel.mover.operaciones import operaciones_de

POR_PAGINA = 25
LINEAS = 25
# Lo que cabe en la ficha; la familia entera está en la trazabilidad.
DERIVADOS = 25
CAMBIOS_DE_BLOQUEO = 10
POR_VENCIMIENTO = Orden("vence_el", leer_dia, con_vacios=True)
# Los estados en que se ve un lote, y aparte el bloqueo, que puede darse en cualquiera de ellos.
ESTADOS = [
    ("", _("Con saldo")),
    ("disponible", _("Disponible")),
    ("por_vencer", _("Por vencer")),
    ("vencido", _("Vencido")),
    ("bloqueado", _("Bloqueado")),
    ("agotado", _("Agotado")),
    ("todos", _("Todos")),
]


class FiltroDeLotes(Filtro):
    field_order = ("q", "producto", "estado", "bodega", "vence_desde", "vence_hasta", "orden")

    q = LoteEscritoCampo()
    estado = forms.ChoiceField(label=_("Estado"), required=False, choices=ESTADOS)
    vence_desde = DiaCampo(label=_("Vence desde"))
    vence_hasta = DiaCampo(label=_("Vence hasta"))
    orden = forms.ChoiceField(
        label=_("Orden"),
        required=False,
        choices=[("", _("Primero lo que vence antes")), ("recientes", _("Primero lo último que llegó"))],
    )

    def clean(self) -> dict[str, Any]:
        datos = self.cleaned_data
        desde, hasta = datos.get("vence_desde"), datos.get("vence_hasta")
        if desde and hasta and hasta < desde:
            self.add_error("vence_hasta", traducir("Debe ser igual o posterior a la primera fecha."))
        return datos

    def aplicar(self) -> LoteQuerySet:
        """Los lotes al alcance que cumplen el filtro, sin orden."""
        lotes: LoteQuerySet = self.alcance.filtrar(Lote.objects.all())
        if texto := self.elegido("q"):
            lotes = lotes.filter(Buscado.en(texto).parecidos)
        if producto := self.elegido("producto"):
            lotes = lotes.filter(producto=producto)
        if desde := self.elegido("vence_desde"):
            lotes = lotes.filter(vence_el__gte=desde)
        if hasta := self.elegido("vence_hasta"):
            lotes = lotes.filter(vence_el__lte=hasta)
        return self._en_estado(lotes)

    def _en_estado(self, lotes: LoteQuerySet) -> LoteQuerySet:
        hoy = timezone.localdate()
        match self.elegido("estado"):
            case "todos":
                return lotes
            case "disponible":
                return lotes.utilizables(hoy)
            case "bloqueado":
                return lotes.con_saldo().filter(bloqueado=True)
            case "agotado" | "por_vencer" | "vencido" as estado:
                return lotes.en_estado(estado, hoy)
        return lotes.con_saldo()


class BloqueoFormulario(Formulario):
    motivo = forms.CharField(
        label=_("Motivo"), max_length=LARGO_DEL_MOTIVO, help_text=_("Queda en la historia del lote.")
    )


def lote_al_alcance(request: HttpRequest, pk: int) -> Lote:
    """El lote con lo que dice su ficha. Lanza `NoEncontrado`, también si no llega a su bodega."""
    lotes = Lote.objects.select_related("producto__unidad", "bodega", "proveedor", "origen__bodega", "raiz")
    lote: Lote | None = actor_de(request).alcance.filtrar(lotes.filter(pk=pk)).first()
    if lote is None:
        raise NoEncontrado(traducir("Lote no encontrado."))
    return lote


@pagina(Permiso.VER)
@require_GET
def lotes(request: HttpRequest) -> HttpResponse:
    filtro = FiltroDeLotes(request.GET, actor=actor_de(request))
    orden = RECIENTES if filtro.elegido("orden") == "recientes" else POR_VENCIMIENTO
    consulta = filtro.aplicar().select_related("producto__unidad", "bodega", "proveedor")
    hoy = timezone.localdate()
    encontrados = tramo(consulta, orden, cursor=request.GET.get("cursor", ""), limite=POR_PAGINA)
    contexto = {
        "filtro": filtro,
        "tramo": encontrados,
        "filas": [_en_fila(lote, hoy) for lote in encontrados.filas],
        "varias": filtro.varias,
    }
    return responder(request, "lotes/lista.html", "lotes/_tabla.html", contexto)


def _en_fila(lote: Lote, hoy: Any) -> dict[str, Any]:
    dias = None if lote.vence_el is None else (lote.vence_el - hoy).days
    return {"lote": lote, "estado": lote.estado(hoy), "dias": dias}


def _contexto(request: HttpRequest, lote: Lote, formulario: BloqueoFormulario) -> dict[str, Any]:
    hoy = timezone.localdate()
    familia = lote_y_descendientes(lote)
    lineas = lineas_de_lotes([lote.pk]).order_by("-pk")
    cursor = request.GET.get("cursor", "")
    actor = actor_de(request)
    alcance = actor.alcance
    bodegas = list(alcance.filtrar(Bodega.objects.all(), "pk"))
    derivados = alcance.filtrar(Lote.objects.filter(origen=lote)).select_related("bodega").order_by("pk")
    varias = son_varias(bodegas)
    return {
        **_en_fila(lote, hoy),
        "operaciones": operaciones_de(lote, actor, hoy, bodegas=bodegas),
        "varias": varias,
        "nombra_bodega": varias or en_cerrada(lote),
        "origen": origen_de(lote),
        "ve_origen": lote.origen is not None and alcance.ve(lote.origen.bodega_id),
        "ve_raiz": lote.raiz is not None and alcance.ve(lote.raiz.bodega_id),
        "derivados": list(derivados[: DERIVADOS + 1]),
        "derivados_a_la_vista": DERIVADOS,
        "tramo": tramo(lineas, RECIENTES, cursor=cursor, limite=LINEAS),
        "cambios": list(
            CambioDeBloqueo.objects.filter(lote=lote).select_related("usuario")[:CAMBIOS_DE_BLOQUEO]
        ),
        "cambiarian": sum(uno.bloqueado == lote.bloqueado for uno in familia),
        "formulario": formulario,
    }


@pagina(Permiso.VER)
@require_GET
def lote(request: HttpRequest, pk: int) -> HttpResponse:
    contexto = _contexto(request, lote_al_alcance(request, pk), BloqueoFormulario())
    return responder(request, "lotes/ficha.html", "lotes/_historia.html", contexto)


def _cambiar_bloqueo(
    request: HttpRequest,
    pk: int,
    servicio: Callable[..., list[Lote]],
    decir: Callable[[int], str],
) -> HttpResponse:
    lote = lote_al_alcance(request, pk)
    ficha = reverse("panel:lote", args=[pk])
    if request.method != "POST":
        # Es la dirección del formulario: quien vuelve a ella después de entrar cae en la ficha.
        return ir_a(request, ficha)
    formulario = BloqueoFormulario(request.POST)
    if formulario.is_valid():
        try:
            cambiados = servicio(actor=actor_de(request), lote=lote, motivo=formulario.cleaned_data["motivo"])
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
        else:
            messages.success(request, decir(len(cambiados)))
            return ir_a(request, ficha)
    contexto = _contexto(request, lote, formulario)
    return responder(request, "lotes/ficha.html", "lotes/_bloqueo.html", contexto, estado=422)


@mueve
@pagina(Permiso.BLOQUEAR)
@require_http_methods(["GET", "POST"])
def bloquear(request: HttpRequest, pk: int) -> HttpResponse:
    return _cambiar_bloqueo(request, pk, services.bloquear_lote, _se_bloquearon)


@mueve
@pagina(Permiso.BLOQUEAR)
@require_http_methods(["GET", "POST"])
def desbloquear(request: HttpRequest, pk: int) -> HttpResponse:
    return _cambiar_bloqueo(request, pk, services.desbloquear_lote, _se_desbloquearon)


def _se_bloquearon(cuantos: int) -> str:
    if not cuantos:
        return traducir("Ya estaba bloqueado: no cambió nada.")
    texto = ngettext("Se bloqueó %(n)s lote.", "Se bloquearon %(n)s lotes.", cuantos)
    return texto % {"n": cuantos}


def _se_desbloquearon(cuantos: int) -> str:
    if not cuantos:
        return traducir("No estaba bloqueado: no cambió nada.")
    texto = ngettext("Se desbloqueó %(n)s lote.", "Se desbloquearon %(n)s lotes.", cuantos)
    return texto % {"n": cuantos}
