"""La ficha de un producto: cuánto hay, en qué lotes, qué se movió y qué pide atención."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as traducir

from inventario.alertas.models import Alerta
from inventario.alertas.vista import a_la_vista
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.alcance import se_nombra_la_bodega, varias_bodegas
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.existencias.cifras import Cifras
from inventario.existencias.disponibilidad import existencias_de
from inventario.lotes.models import EstadoLote, Lote
from inventario.movimientos.models import Movimiento
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, en_numero
from inventario.panel.catalogo.edicion import exigir_producto
from inventario.panel.marco.pagina import nueva_clave, pagina, responder
from inventario.productos.models import Producto
from inventario.reportes.ambito import Ambito, ambito_de
from inventario.reportes.informes import SaldoAlCierre, saldo_diario
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva

# Lo que cabe de cada cosa en la ficha; lo demás está en su propia lista.
LOTES = 25
MOVIMIENTOS = 10
RESERVAS = 10
ALERTAS = 10
DIAS_DEL_SALDO = 60


@dataclass(frozen=True, slots=True)
class LoteEnFila:
    lote: Lote
    estado: EstadoLote
    dias: int | None


@dataclass(frozen=True, slots=True)
class EnBodega:
    bodega: Bodega
    cifras: Cifras


@pagina(Permiso.VER)
def producto(request: HttpRequest, pk: int) -> HttpResponse:
    """Todo es de las bodegas que la persona alcanza, menos el mínimo, que es sobre el total (decisión 3)."""
    actor, uno, ahora = actor_de(request), exigir_producto(pk), timezone.now()
    ambito = ambito_de(actor, ahora=ahora)
    limitado = actor.alcance.limitado
    en_total = existencias_de([pk], ahora=ahora, hoy=ambito.hoy)[pk]
    cifras = en_total.en(actor.alcance)
    lotes = _lotes(uno, ambito)
    saldos = saldo_diario(ambito, uno, fisica=cifras.fisica, dias=DIAS_DEL_SALDO)
    contexto = {
        "producto": uno,
        "cifras": cifras,
        # Con una sola abierta no hay otras de que hablar.
        "limitado": limitado and varias_bodegas(),
        "bajo_minimo": uno.bajo_minimo(fisica=en_total.fisica, disponible=en_total.disponible),
        "por_bodega": _por_bodega(cifras.por_bodega, ambito),
        "lotes": lotes[:LOTES],
        "mas_lotes": len(lotes) > LOTES,
        "movimientos": _movimientos(uno, ambito),
        "reservas": _reservas(uno, ambito),
        "alertas": _alertas(uno, actor),
        "saldos": saldos,
        # Junto a lo de unas bodegas, o a lo físico cuando no es lo que se compara, el mínimo engañaría.
        "grafico": _grafico(
            saldos, uno, minimo=CERO if limitado or uno.minimo_sobre_disponible else uno.stock_minimo
        ),
        "para_entrar": f"{reverse('panel:entrada')}?producto={pk}",
        "clave": nueva_clave(),
    }
    return responder(request, "catalogo/ficha.html", "catalogo/_ficha.html", contexto)


def _por_bodega(cifras: Mapping[int, Cifras], ambito: Ambito) -> list[EnBodega]:
    """El reparto, la principal primero; con una sola bodega nadie necesita verlo (decisión 3).

    Una cerrada solo se nombra mientras le quede algo.
    """
    queda = [pk for pk, una in cifras.items() if una.fisica]
    bodegas = list(ambito.alcance.filtrar(Bodega.objects.filter(Q(activa=True) | Q(pk__in=queda)), "pk"))
    if not se_nombra_la_bodega(bodegas):
        return []
    bodegas.sort(key=lambda bodega: (not bodega.principal, bodega.nombre))
    return [EnBodega(bodega, cifras.get(bodega.pk, Cifras())) for bodega in bodegas]


def _lotes(uno: Producto, ambito: Ambito) -> list[LoteEnFila]:
    """Con saldo, en el orden en que saldrían; uno de más para saber si quedan otros."""
    filas = ambito.alcance.filtrar(Lote.objects.con_saldo().filter(producto=uno))
    return [
        LoteEnFila(lote, lote.estado(ambito.hoy), _dias_hasta(lote.vence_el, ambito.hoy))
        for lote in filas.select_related("bodega", "proveedor").en_orden_fefo()[: LOTES + 1]
    ]


def _dias_hasta(dia: date | None, hoy: date) -> int | None:
    return None if dia is None else (dia - hoy).days


def _movimientos(uno: Producto, ambito: Ambito) -> list[Movimiento]:
    lineas = ambito.alcance.filtrar(Movimiento.objects.filter(producto=uno))
    return list(
        lineas.select_related("lote", "bodega", "asiento__actor").order_by("-fecha_efectiva", "-pk")[
            :MOVIMIENTOS
        ]
    )


def _reservas(uno: Producto, ambito: Ambito) -> list[Reserva]:
    """Las vivas, la que vence antes primero."""
    vivas = Reserva.objects.en_estado(EstadoReserva.PENDIENTE, ambito.ahora).filter(apartado__producto=uno)
    vivas = ambito.alcance.filtrar(vivas, "apartado__bodega")
    return list(vivas.con_detalle().order_by("apartado__vence_en", "apartado_id")[:RESERVAS])


def _alertas(uno: Producto, actor: Actor) -> list[Alerta]:
    abiertas = Alerta.objects.activas().al_alcance(actor.alcance).filter(producto=uno)
    return [
        a_la_vista(alerta, actor.alcance) for alerta in abiertas.con_detalle().urgentes_primero()[:ALERTAS]
    ]


def _grafico(saldos: list[SaldoAlCierre], uno: Producto, *, minimo: Decimal) -> dict[str, Any]:
    """Lo que dibuja `graficos.js`."""
    return {
        "tipo": "line",
        "etiquetas": [date_format(saldo.dia, "d/m") for saldo in saldos],
        "series": [
            {
                "nombre": traducir("Existencia (%(unidad)s)") % {"unidad": uno.unidad.abreviatura},
                "datos": [en_numero(saldo.saldo) for saldo in saldos],
                "escalonada": True,
            }
        ],
        "referencia": {"nombre": traducir("Mínimo"), "valor": en_numero(minimo)} if minimo else None,
    }
