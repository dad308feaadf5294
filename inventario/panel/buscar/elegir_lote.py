"""Elegir un lote, buscándolo o leyendo su código, para sacar de él o corregirlo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.existencias.cifras import Cifras
from inventario.existencias.disponibilidad import existencias_de
from inventario.lotes.models import Lote
from inventario.lotes.querysets import LoteQuerySet
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.cantidades import CERO
from inventario.panel.buscar.lote_escrito import Buscado, LoteEscritoCampo
from inventario.panel.lotes.views import POR_PAGINA, POR_VENCIMIENTO
from inventario.panel.marco.cursores import tramo
from inventario.panel.marco.filtros import FiltroDeBodega
from inventario.panel.marco.pagina import es_htmx, pagina, responder
from inventario.panel.mover.operaciones import Operacion, operaciones_de

# Los que son justo lo escrito van delante; los demás del mismo producto siguen en su orden.
EXACTOS = 10


class FiltroParaElegir(FiltroDeBodega):
    field_order = ("q", "bodega")

    q = LoteEscritoCampo(autofocus=True, **{"data-lector": True})

    @property
    def texto(self) -> str:
        escrito: str = self.elegido("q") or ""
        return escrito


@dataclass(frozen=True, slots=True)
class Fila:
    """Un lote que se puede elegir. `libre` es lo que saldría hoy de él, con lo prometido descontado."""

    lote: Lote
    estado: str
    dias: int | None
    libre: Decimal
    operaciones: list[Operacion]


@pagina(Permiso.REGISTRAR_SALIDA)
@require_GET
def elegir(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    filtro = FiltroParaElegir(request.GET, actor=actor)
    con_saldo: LoteQuerySet = Lote.objects.con_saldo().select_related("producto__unidad", "bodega")
    todos = filtro.alcance.filtrar(con_saldo)
    exactos: list[Lote] = []
    if filtro.has_error("q"):
        # Lo que no se puede buscar no encuentra nada: con la lista entera parecería encontrado.
        todos = todos.none()
    if filtro.texto:
        buscado = Buscado.en(filtro.texto)
        exactos = list(todos.filter(buscado.exactos).en_orden_fefo()[:EXACTOS])
        todos = todos.filter(buscado.parecidos).exclude(pk__in=[uno.pk for uno in exactos])
    encontrados = tramo(todos, POR_VENCIMIENTO, cursor=request.GET.get("cursor", ""), limite=POR_PAGINA)
    lotes = encontrados.filas if encontrados.anterior else [*exactos, *encontrados.filas]
    hoy = timezone.localdate()
    libres = _libres(lotes, hoy, filtro.alcance)
    filas = [
        Fila(
            lote,
            lote.estado(hoy),
            None if lote.vence_el is None else (lote.vence_el - hoy).days,
            libres[lote.pk],
            operaciones_de(lote, actor, hoy, bodegas=filtro.al_alcance),
        )
        for lote in lotes
    ]
    contexto = {
        "filtro": filtro,
        "tramo": encontrados,
        "filas": filas,
        "varias": filtro.varias,
        # En la página entera no reemplaza a nada: quien llega con «hx-boost» se quedaría sin él.
        "aparte": es_htmx(request),
    }
    return responder(request, "buscar/elegir_lote.html", "buscar/_elegir_lote.html", contexto)


def _libres(lotes: list[Lote], hoy: date, alcance: Alcance) -> dict[int, Decimal]:
    """Cuánto puede salir de cada uno: nombrarlo no se salta lo reservado de su producto (decisión 14)."""
    hay = existencias_de(
        {lote.producto_id for lote in lotes},
        ahora=timezone.now(),
        hoy=hoy,
        alcance=alcance,
    )

    def libre(lote: Lote) -> Decimal:
        if not lote.utilizable(hoy):
            return CERO
        cifras = hay[lote.producto_id].por_bodega.get(lote.bodega_id, Cifras())
        return min(lote.saldo, cifras.disponible)

    return {lote.pk: libre(lote) for lote in lotes}
