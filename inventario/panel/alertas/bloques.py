"""Las alertas abiertas en sus cuatro bloques: qué dice y de qué color va cada una, y su página."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import QueryDict

from inventario.alertas.models import Alerta, Reconocimiento, Severidad, TipoAlerta
from inventario.alertas.querysets import AlertaQuerySet
from inventario.alertas.textos import TEXTOS
from inventario.alertas.vista import a_la_vista
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import Alcance

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    _Paginador = Paginator[Alerta]
else:
    _Paginador = Paginator

POR_BLOQUE = 5
UMBRALES = (7, 15, 30, 60)
UMBRAL = 30
# La palabra va siempre: el color no basta.
COLORES: dict[str, str] = {Severidad.CRITICA: "red", Severidad.ALTA: "orange", Severidad.INFORMATIVA: "azure"}


@dataclass(frozen=True, slots=True)
class Fila:
    """Una alerta con sus cifras sueltas; lo que su retrato no traiga va vacío."""

    alerta: Alerta
    severidad: str
    color: str
    cantidad: Decimal | None
    limite: Decimal | None
    falta: Decimal | None
    dias: int | None


@dataclass(frozen=True, slots=True)
class Atencion:
    """Una vez que alguien la atendió; `severidad` y `color` son los de entonces."""

    hecha: Reconocimiento
    severidad: str
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

    @property
    def plantilla(self) -> str:
        return f"alertas/bloques/{self.tipo}.html"


@dataclass(frozen=True, slots=True)
class Aspecto:
    """Cómo se ve un tipo de alerta; sus palabras están en `alertas.textos`."""

    parametro: str
    color: str
    dibujo: str


# En el orden de la página de alertas.
ASPECTOS = {
    TipoAlerta.STOCK_MINIMO: Aspecto("minimo", "red", "alert-triangle"),
    TipoAlerta.POR_VENCER: Aspecto("por_vencer", "yellow", "calendar-due"),
    TipoAlerta.VENCIDO: Aspecto("vencidos", "red", "calendar-off"),
    TipoAlerta.RESERVA_SIN_RESPALDO: Aspecto("reservas", "orange", "clock"),
}


class _Contado(_Paginador):
    """Un paginador al que ya le dijeron cuántas son."""

    def __init__(self, alertas: AlertaQuerySet, por_pagina: int, total: int) -> None:
        super().__init__(alertas, por_pagina)
        self.__dict__["count"] = total


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
    for tipo, aspecto in ASPECTOS.items():
        total, sin_atender = cuentas.get(tipo, (0, 0))
        suyas = abiertas.que_vencen(hoy, dias=dias) if tipo == TipoAlerta.POR_VENCER else abiertas
        suyas = suyas.filter(tipo=tipo).con_detalle().urgentes_primero()
        if pendientes:
            suyas = suyas.sin_reconocer()
        hoja = _Contado(suyas, POR_BLOQUE, total).get_page(consulta.get(aspecto.parametro))
        bloques.append(
            Bloque(
                tipo=tipo,
                parametro=aspecto.parametro,
                titulo=TEXTOS[tipo].titulo(total),
                que_hacer=TEXTOS[tipo].que_hacer(total),
                en_orden=TEXTOS[tipo].en_orden,
                dibujo=aspecto.dibujo,
                total=total,
                sin_atender=sin_atender,
                filas=filas_de(hoja.object_list, hoy, actor.alcance),
                hoja=hoja,
                anterior=_direccion_de_la_hoja(consulta, aspecto, hoja.number - 1)
                if hoja.has_previous()
                else "",
                siguiente=_direccion_de_la_hoja(consulta, aspecto, hoja.number + 1)
                if hoja.has_next()
                else "",
            )
        )
    return bloques


def filas_de(alertas: Iterable[Alerta], hoy: date, alcance: Alcance) -> list[Fila]:
    return [_fila(a_la_vista(alerta, alcance), hoy) for alerta in alertas]


def _fila(alerta: Alerta, hoy: date) -> Fila:
    datos = alerta.datos if isinstance(alerta.datos, dict) else {}
    de_reserva = alerta.tipo == TipoAlerta.RESERVA_SIN_RESPALDO
    # Solo la lleva la que compara el mínimo con lo disponible.
    hay = datos.get("cantidad_disponible", datos.get("cantidad_actual"))
    return Fila(
        alerta=alerta,
        severidad=alerta.get_severidad_display(),
        color=COLORES[alerta.severidad],
        cantidad=_numero(datos.get("reservado") if de_reserva else hay),
        limite=_numero(datos.get("utilizable" if de_reserva else "stock_minimo")),
        falta=_numero(datos.get("falta")),
        dias=None if alerta.fecha_referencia is None else (alerta.fecha_referencia - hoy).days,
    )


def atenciones_de(alerta: Alerta) -> list[Atencion]:
    """Todas las veces que se atendió, con lo que apremiaba cada una; de la primera a la última."""
    return [
        Atencion(hecha, hecha.get_severidad_display(), COLORES[hecha.severidad])
        for hecha in alerta.reconocimientos.all()
    ]


def _numero(valor: Any) -> Decimal | None:
    return Decimal(str(valor)) if isinstance(valor, int | float | str) else None


def _direccion_de_la_hoja(consulta: QueryDict, aspecto: Aspecto, numero: int) -> str:
    otra = consulta.copy()
    otra[aspecto.parametro] = str(numero)
    return f"?{otra.urlencode()}"
