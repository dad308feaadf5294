"""Las alertas abiertas, cómo se atienden y la historia de las que se cerraron."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventario.alertas.models import Alerta, Revision, SuscripcionAlResumen, TipoAlerta
from inventario.alertas.services import LARGO_DE_NOTA, desuscribir, reconocer_alerta, revisar_ahora, suscribir
from inventario.alertas.textos import TEXTOS
from inventario.alertas.vista import a_la_vista
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.models import Membresia
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado
from inventario.nucleo.reloj import hoy_en
from inventario.panel.alertas.bloques import (
    ASPECTOS,
    UMBRALES,
    atenciones_de,
    bloques_de,
    filas_de,
    umbral_de,
)
from inventario.panel.marco.cursores import Orden, leer_momento, tramo
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import anotar_error, ir_a, mueve, nueva_clave, pagina, responder

POR_PAGINA = 25
RECIENTES = Orden("creada_en", leer_momento, descendente=True)


class ReconocerFormulario(Formulario):
    nota = forms.CharField(
        label=_("Qué se va a hacer"),
        required=False,
        max_length=LARGO_DE_NOTA,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("La ve quien mire la alerta después. No la cierra: se cierra al desaparecer su causa."),
    )


def _alerta_al_alcance(actor: Actor, pk: int) -> Alerta:
    alerta = Alerta.objects.al_alcance(actor.alcance).con_detalle().filter(pk=pk).first()
    if alerta is None:
        raise NoEncontrado(traducir("No existe esa alerta."))
    return a_la_vista(alerta, actor.alcance)


def _membresia(actor: Actor) -> Membresia | None:
    """La suya, con su suscripción al resumen. Quien entra a toda empresa sin ser miembro no tiene."""
    suyas = Membresia.objects.filter(empresa=actor.empresa, usuario=actor.usuario, activa=True)
    return suyas.select_related("resumen_de_alertas").first()


def _suscrita(membresia: Membresia | None) -> bool:
    suscripcion: SuscripcionAlResumen | None = getattr(membresia, "resumen_de_alertas", None)
    return suscripcion is not None and suscripcion.activa


def _lista(consulta: QueryDict) -> str:
    """La lista tal como se estaba mirando."""
    return reverse("panel:alertas") + (f"?{consulta.urlencode()}" if consulta else "")


@pagina(Permiso.VER)
@require_GET
def alertas(request: HttpRequest) -> HttpResponse:
    actor, ahora = actor_de(request), timezone.now()
    bloques = bloques_de(actor, request.GET, hoy=hoy_en(actor.empresa.zona_horaria, ahora))
    membresia = _membresia(actor)
    contexto = {
        "bloques": bloques,
        "total": sum(bloque.total for bloque in bloques),
        "umbrales": UMBRALES,
        "umbral": umbral_de(request.GET.get("dias", "")),
        "pendientes": bool(request.GET.get("pendientes")),
        "consulta": request.GET.urlencode(),
        "varias": varias_bodegas(actor.alcance),
        "ahora": ahora,
        "es_miembro": membresia is not None,
        "suscrita": _suscrita(membresia),
        "revision": Revision.objects.first(),
        "clave": nueva_clave(),
    }
    return responder(request, "alertas/lista.html", "alertas/_bloques.html", contexto)


@mueve
@pagina(Permiso.RECONOCER_ALERTAS)
@require_http_methods(["GET", "POST"])
def reconocer(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    alerta = _alerta_al_alcance(actor, pk)
    formulario = ReconocerFormulario(request.POST or None, initial={"nota": alerta.nota})
    if request.method == "POST" and formulario.is_valid():
        try:
            reconocer_alerta(actor=actor, alerta=alerta, nota=formulario.cleaned_data["nota"])
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
        else:
            messages.success(request, traducir("La alerta quedó atendida."))
            return ir_a(request, _lista(request.GET))
    contexto = {
        "alerta": alerta,
        "atenciones": atenciones_de(alerta),
        "formulario": formulario,
        "consulta": request.GET.urlencode(),
        "volver": _lista(request.GET),
    }
    estado = 422 if request.method == "POST" else 200
    return responder(request, "alertas/reconocer.html", "alertas/_reconocer.html", contexto, estado=estado)


@pagina(Permiso.RECONOCER_ALERTAS)
@require_POST
def revisar(request: HttpRequest) -> HttpResponse:
    """Recalcula todas las de la empresa. Repetirla no cambia nada: no hace falta recordarla."""
    hechos = revisar_ahora(actor=actor_de(request))
    partes = [
        ngettext("%(n)s abierta", "%(n)s abiertas", hechos.abiertas) % {"n": hechos.abiertas},
        ngettext("%(n)s actualizada", "%(n)s actualizadas", hechos.actualizadas) % {"n": hechos.actualizadas},
        ngettext("%(n)s cerrada", "%(n)s cerradas", hechos.cerradas) % {"n": hechos.cerradas},
    ]
    avisar = traducir("Se revisaron todas: %(abiertas)s, %(actualizadas)s y %(cerradas)s.")
    messages.success(
        request, avisar % dict(zip(("abiertas", "actualizadas", "cerradas"), partes, strict=True))
    )
    return ir_a(request, _lista(request.GET))


# Va por tandas, cada una en su transacción: una sola detendría a quien esté moviendo.
revisar.abre_su_transaccion = True  # type: ignore[attr-defined]  # lo mira EmpresaDeSesion


@mueve
@pagina(Permiso.VER)
@require_POST
def resumen(request: HttpRequest) -> HttpResponse:
    """Apunta o borra a quien lo pide del correo de cada mañana."""
    actor = actor_de(request)
    membresia = _membresia(actor)
    if membresia is None:
        raise NoEncontrado(traducir("El resumen se manda a los miembros de la empresa, y usted no lo es."))
    if request.POST.get("recibir"):
        suscribir(actor=actor, membresia=membresia)
        messages.success(request, traducir("Cada mañana recibirá por correo lo que haya que atender."))
    else:
        desuscribir(actor=actor, membresia=membresia)
        messages.success(request, traducir("Ya no recibirá el resumen por correo."))
    return ir_a(request, _lista(request.GET))


@pagina(Permiso.VER)
@require_GET
def historial(request: HttpRequest) -> HttpResponse:
    """Las que se cerraron, la más nueva primero."""
    actor = actor_de(request)
    cerradas = Alerta.objects.al_alcance(actor.alcance).filter(activa=False)
    tipo = request.GET.get("tipo", "")
    if tipo in TipoAlerta.values:
        cerradas = cerradas.filter(tipo=tipo)
    hallado = tramo(
        cerradas.con_detalle().con_historia(),
        RECIENTES,
        cursor=request.GET.get("cursor", ""),
        limite=POR_PAGINA,
    )
    hoy = hoy_en(actor.empresa.zona_horaria, timezone.now())
    contexto = {
        "tramo": hallado,
        "filas": [
            (fila, TEXTOS[TipoAlerta(fila.alerta.tipo)].titulo(1), atenciones_de(fila.alerta))
            for fila in filas_de(hallado.filas, hoy, actor.alcance)
        ],
        "tipos": [(uno.value, TEXTOS[uno].titulo(2)) for uno in ASPECTOS],
        "tipo": tipo,
    }
    return responder(request, "alertas/historial.html", "alertas/_historial.html", contexto)
