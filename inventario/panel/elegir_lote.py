"""Elegir un lote, buscándolo o leyendo su código, para sacar de él o corregirlo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from inventario.cuentas.permisos import Permiso
from inventario.cuentas.sesion import actor_de
from inventario.lotes.gs1 import LARGO_MAXIMO, Lectura, leer
from inventario.lotes.models import Lote
from inventario.lotes.querysets import LoteQuerySet
from inventario.movimientos.selectors import Cifras, existencias_de
from inventario.nucleo.cantidades import CERO
from inventario.panel.comun import pagina, responder
from inventario.panel.cursores import tramo
from inventario.panel.escaneo import producto_leido
from inventario.panel.filtros import FiltroDeBodega
from inventario.panel.hallazgos import limpiar, numero_escrito
from inventario.panel.lotes import POR_PAGINA, POR_VENCIMIENTO
from inventario.panel.operaciones import Operacion, operaciones_de
from inventario.productos.models import Producto

# Los que son justo lo escrito van delante; los demás del mismo producto siguen en su orden.
EXACTOS = 10
NINGUNO = Q(pk__in=[])


class FiltroParaElegir(FiltroDeBodega):
    field_order = ("q", "bodega")

    q = forms.CharField(
        label=_("Lote o producto"),
        required=False,
        max_length=LARGO_MAXIMO,
        # El separador de GS1 cuenta como espacio, y al comienzo anuncia lo que sigue.
        strip=False,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": _("SKU, nombre, lote o código leído"),
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
                "data-lector": True,
            }
        ),
    )

    @property
    def texto(self) -> str:
        escrito: str = self.pedido("q") or ""
        return escrito.strip(" \t\r\n")


@dataclass(frozen=True, slots=True)
class Fila:
    """Un lote que se puede elegir. `libre` es lo que saldría hoy de él, con lo prometido descontado."""

    lote: Lote
    estado: str
    dias: int | None
    libre: Decimal
    operaciones: list[Operacion]


@dataclass(frozen=True, slots=True)
class Buscado:
    """Qué lotes son justo lo escrito y cuáles lo dicen en alguna parte."""

    exactos: Q
    parecidos: Q

    @classmethod
    def en(cls, texto: str) -> Buscado:
        if (numero := numero_escrito(texto)) is not None:
            return cls(Q(pk=numero), Q(pk=numero))
        lectura = leer(texto)
        producto = producto_leido(lectura) if lectura.completa else None
        del_producto = Q(producto=producto) if producto else NINGUNO
        if lectura.lote or lectura.vence_el:
            leido = _leido(lectura, del_producto)
            return cls(leido, leido)
        escrito = limpiar(lectura.codigo or lectura.sku)
        return cls(
            _con_codigo(escrito) | del_producto,
            Q(codigo__icontains=escrito)
            | Q(referencia_proveedor__icontains=escrito)
            | Q(producto__in=Producto.objects.vivos().que_dicen(escrito))
            | del_producto,
        )


def _con_codigo(codigo: str) -> Q:
    return Q(codigo__iexact=codigo) | Q(referencia_proveedor__iexact=codigo)


def _leido(lectura: Lectura, del_producto: Q) -> Q:
    """Los lotes que dice un código leído; la fecha solo cuenta si no trae el lote, que pudo anotarse mal."""
    propio = _con_codigo(lectura.lote) if lectura.lote else Q(vence_el=lectura.vence_el)
    return propio & del_producto if lectura.completa else propio


@pagina(Permiso.REGISTRAR_SALIDA)
@require_GET
def elegir(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    filtro = FiltroParaElegir(request.GET, actor=actor)
    todos: LoteQuerySet = Lote.objects.con_saldo().select_related("producto__unidad", "bodega")
    if filtro.bodegas:
        todos = todos.filter(bodega__in=filtro.bodegas)
    exactos: list[Lote] = []
    if filtro.texto:
        buscado = Buscado.en(filtro.texto)
        exactos = list(todos.filter(buscado.exactos).en_orden_fefo()[:EXACTOS])
        todos = todos.filter(buscado.parecidos).exclude(pk__in=[uno.pk for uno in exactos])
    encontrados = tramo(todos, POR_VENCIMIENTO, cursor=request.GET.get("cursor", ""), limite=POR_PAGINA)
    lotes = encontrados.filas if encontrados.anterior else [*exactos, *encontrados.filas]
    hoy = timezone.localdate()
    libres = _libres(lotes, hoy)
    filas = [
        Fila(
            lote,
            lote.estado(hoy),
            None if lote.vence_el is None else (lote.vence_el - hoy).days,
            libres[lote.pk],
            operaciones_de(lote, actor, hoy, varias=filtro.varias),
        )
        for lote in lotes
    ]
    contexto = {"filtro": filtro, "tramo": encontrados, "filas": filas, "varias": filtro.varias}
    return responder(request, "salidas/elegir.html", "salidas/_elegir.html", contexto)


def _libres(lotes: list[Lote], hoy: date) -> dict[int, Decimal]:
    """Cuánto puede salir de cada uno: nombrarlo no se salta lo reservado de su producto (decisión 14)."""
    hay = existencias_de(
        {lote.producto_id for lote in lotes},
        ahora=timezone.now(),
        hoy=hoy,
        bodegas={lote.bodega_id for lote in lotes},
    )

    def libre(lote: Lote) -> Decimal:
        if not lote.utilizable(hoy):
            return CERO
        cifras = hay[lote.producto_id].por_bodega.get(lote.bodega_id, Cifras())
        return min(lote.saldo, cifras.disponible)

    return {lote.pk: libre(lote) for lote in lotes}


rutas = [path("salidas/nueva/", elegir, name="salida")]
