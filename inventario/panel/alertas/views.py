"""Las alertas abiertas en cuatro bloques, cómo se atienden y la historia de las que se cerraron."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventario.alertas.models import (
    Alerta,
    Reconocimiento,
    Revision,
    Severidad,
    SuscripcionAlResumen,
    TipoAlerta,
)
from inventario.alertas.querysets import AlertaQuerySet
from inventario.alertas.services import (
    LARGO_DE_NOTA,
    desuscribir,
    reconocer_alerta,
    revisar_ahora,
    suscribir,
)
from inventario.alertas.textos import TEXTOS
from inventario.alertas.vista import a_la_vista
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.models import Membresia
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado
from inventario.nucleo.reloj import hoy_en
from inventario.panel.marco.cursores import Orden, leer_momento, tramo
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import anotar_error, ir_a, mueve, nueva_clave, pagina, responder

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    _Paginador = Paginator[Alerta]
else:
    _Paginador = Paginator

POR_BLOQUE = 5
POR_PAGINA = 25
RECIENTES = Orden("creada_en", leer_momento, descendente=True)
UMBRALES = (7, 15, 30, 60)
UMBRAL = 30
# Qué dice y de qué color va cada severidad; la palabra va siempre, el color no basta.
SEVERIDADES: dict[str, tuple[StrPromise, str]] = {
    Severidad.CRITICA: (_("Crítica"), "red"),
    Severidad.ALTA: (_("Alta"), "orange"),
    Severidad.INFORMATIVA: (_("Informativa"), "azure"),
}


@dataclass(frozen=True, slots=True)
class Fila:
    """Una alerta con sus cifras sueltas; lo que su retrato no traiga va vacío."""

    alerta: Alerta
    severidad: StrPromise
    color: str
    cantidad: Decimal | None
    limite: Decimal | None
    falta: Decimal | None
    dias: int | None


@dataclass(frozen=True, slots=True)
class Atencion:
    """Una vez que alguien la atendió; `severidad` y `color` son los de entonces."""

    hecha: Reconocimiento
    severidad: StrPromise
    color: str


@dataclass(frozen=True, slots=True)
class Bloque:
    """Las alertas de un tipo: cuántas hay y una página de ellas. `parametro` la nombra en la dirección."""

    tipo: TipoAlerta
    parametro: str
    titulo: str
    que_hacer: str
    en_orden: StrPromise
    dibujo: str
    total: int
    sin_atender: int
    filas: list[Fila]
    hoja: Page[Any]
    anterior: str
    siguiente: str


@dataclass(frozen=True, slots=True)
class Clase:
    """Cómo se ve un tipo de alerta; sus palabras están en `alertas.textos`."""

    parametro: str
    color: str
    dibujo: str


# En el orden de la página de alertas.
CLASES = {
    TipoAlerta.STOCK_MINIMO: Clase("minimo", "red", "alert-triangle"),
    TipoAlerta.POR_VENCER: Clase("por_vencer", "yellow", "calendar-due"),
    TipoAlerta.VENCIDO: Clase("vencidos", "red", "calendar-off"),
    TipoAlerta.RESERVA_SIN_RESPALDO: Clase("reservas", "orange", "clock"),
}


class _Contado(_Paginador):
    """Un paginador al que ya le dijeron cuántas son."""

    def __init__(self, alertas: AlertaQuerySet, por_pagina: int, total: int) -> None:
        super().__init__(alertas, por_pagina)
        self.__dict__["count"] = total


class ReconocerFormulario(Formulario):
    nota = forms.CharField(
        label=_("Qué se va a hacer"),
        required=False,
        max_length=LARGO_DE_NOTA,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("La ve quien mire la alerta después. No la cierra: se cierra al desaparecer su causa."),
    )


def umbral_de(texto: str) -> int:
    """Los días por los que se pregunta; lo que no sea una de las opciones es la de siempre."""
    return int(texto) if texto in {str(dias) for dias in UMBRALES} else UMBRAL


def bloques_de(actor: Actor, consulta: QueryDict, *, hoy: date) -> list[Bloque]:
    """Los cuatro, en cinco consultas si los cuatro tienen algo."""
    dias = umbral_de(consulta.get("dias", ""))
    abiertas = Alerta.objects.activas().al_alcance(actor.alcance)
    # Lo mismo que `que_vencen`, dicho para contar los cuatro tipos de una vez.
    pronto = Q(fecha_referencia__gte=hoy, fecha_referencia__lte=hoy + timedelta(days=dias))
    mostradas = abiertas.filter(~Q(tipo=TipoAlerta.POR_VENCER) | pronto)
    if pendientes := bool(consulta.get("pendientes")):
        mostradas = mostradas.sin_reconocer()
    cuentas = {
        tipo: (total, total - vistas)
        for tipo, total, vistas in mostradas.order_by()
        .values_list("tipo")
        .annotate(total=Count("pk"), vistas=Count("reconocida_en"))
    }
    bloques = []
    for tipo, clase in CLASES.items():
        total, sin_atender = cuentas.get(tipo, (0, 0))
        suyas = abiertas.que_vencen(hoy, dias=dias) if tipo == TipoAlerta.POR_VENCER else abiertas
        suyas = suyas.filter(tipo=tipo).con_detalle().urgentes_primero()
        if pendientes:
            suyas = suyas.sin_reconocer()
        hoja = _Contado(suyas, POR_BLOQUE, total).get_page(consulta.get(clase.parametro))
        bloques.append(
            Bloque(
                tipo=tipo,
                parametro=clase.parametro,
                titulo=TEXTOS[tipo].titulo(total),
                que_hacer=TEXTOS[tipo].que_hacer(total),
                en_orden=TEXTOS[tipo].en_orden,
                dibujo=clase.dibujo,
                total=total,
                sin_atender=sin_atender,
                filas=filas_de(hoja.object_list, hoy, actor.alcance),
                hoja=hoja,
                anterior=_en_pagina(consulta, clase.parametro, hoja.number - 1)
                if hoja.has_previous()
                else "",
                siguiente=_en_pagina(consulta, clase.parametro, hoja.number + 1) if hoja.has_next() else "",
            )
        )
    return bloques


def filas_de(alertas: Iterable[Alerta], hoy: date, alcance: Alcance) -> list[Fila]:
    return [_fila(a_la_vista(alerta, alcance), hoy) for alerta in alertas]


def _fila(alerta: Alerta, hoy: date) -> Fila:
    datos = alerta.datos if isinstance(alerta.datos, dict) else {}
    severidad, color = SEVERIDADES[alerta.severidad]
    de_reserva = alerta.tipo == TipoAlerta.RESERVA_SIN_RESPALDO
    # Solo la lleva la que compara el mínimo con lo disponible.
    hay = datos.get("cantidad_disponible", datos.get("cantidad_actual"))
    return Fila(
        alerta=alerta,
        severidad=severidad,
        color=color,
        cantidad=_numero(datos.get("reservado") if de_reserva else hay),
        limite=_numero(datos.get("utilizable" if de_reserva else "stock_minimo")),
        falta=_numero(datos.get("falta")),
        dias=None if alerta.fecha_referencia is None else (alerta.fecha_referencia - hoy).days,
    )


def atenciones_de(alerta: Alerta) -> list[Atencion]:
    """Todas las veces que se atendió, con lo que apremiaba cada una; de la primera a la última."""
    return [Atencion(hecha, *SEVERIDADES[hecha.severidad]) for hecha in alerta.reconocimientos.all()]


def _numero(valor: Any) -> Decimal | None:
    return Decimal(str(valor)) if isinstance(valor, int | float | str) else None


def _en_pagina(consulta: QueryDict, parametro: str, numero: int) -> str:
    otra = consulta.copy()
    otra[parametro] = str(numero)
    return f"?{otra.urlencode()}"


def _alerta_de(actor: Actor, pk: int) -> Alerta:
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
    alerta = _alerta_de(actor, pk)
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
        "tipos": [(uno.value, TEXTOS[uno].titulo(2)) for uno in CLASES],
        "tipo": tipo,
    }
    return responder(request, "alertas/historial.html", "alertas/_historial.html", contexto)


rutas = [
    path("alertas/", alertas, name="alertas"),
    path("alertas/historial/", historial, name="alertas_historial"),
    path("alertas/revisar/", revisar, name="alertas_revisar"),
    path("alertas/resumen/", resumen, name="alertas_resumen"),
    path("alertas/<int:pk>/reconocer/", reconocer, name="alerta_reconocer"),
]
