"""Lo que está por vencer (contrato E15) y lo que vencerá antes de que alcance a usarse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import groupby
from typing import NamedTuple

from django.db.models import QuerySet

from inventario.lotes.models import Lote
from inventario.movimientos.querysets import Clave
from inventario.nucleo.cantidades import CERO, costo_total, cuantizar
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import SumaExacta, salidas_firmes

AVISO_DIAS = 30
CONSUMO_DIAS = 30
HORIZONTE_DIAS = 90
# Ningún reporte las dice, y con miles de lotes leerlas es buena parte del tiempo.
SIN_LEER = (
    *("creado_en", "producto__creado_en", "producto__actualizado_en", "producto__precio"),
    *("producto__punto_reorden", "producto__unidad__creada_en", "producto__unidad__actualizada_en"),
)


@dataclass(frozen=True, slots=True)
class LotePorVencer:
    """Un lote con saldo; `dias` es negativo si ya venció y `valor` es exacto."""

    lote: Lote
    dias: int

    @property
    def valor(self) -> Decimal:
        return self.lote.saldo * self.lote.costo_unitario


@dataclass(frozen=True, slots=True)
class LotesPorVencer:
    filas: list[LotePorVencer]

    @property
    def valor(self) -> Decimal:
        return sum((fila.valor for fila in self.filas), CERO)


@dataclass(frozen=True, slots=True)
class LoteQueSobra:
    """Lo que quedará de un lote al final del día en que vence, si se sigue usando al mismo ritmo.

    `consumo_diario` es el del producto en esa bodega. Un lote bloqueado no sale: sobra entero.
    """

    lote: Lote
    dias: int
    consumo_diario: Decimal
    se_usara: Decimal
    sobrara: Decimal

    @property
    def valor(self) -> Decimal:
        """El dinero que se perderá, exacto."""
        return self.sobrara * self.lote.costo_unitario


@dataclass(frozen=True, slots=True)
class VenceraSinUsarse:
    filas: list[LoteQueSobra]
    dias_de_consumo: int
    horizonte: int

    @property
    def valor(self) -> Decimal:
        return costo_total((fila.sobrara, fila.lote.costo_unitario) for fila in self.filas)


def lotes_por_vencer(
    ambito: Ambito, *, dias: int = AVISO_DIAS, incluir_vencidos: bool = False
) -> LotesPorVencer:
    """Devuelve los lotes con saldo que vencen de hoy a hoy + `dias`, ambos incluidos, en una consulta.

    Por vencimiento y luego por id. Sin fecha no vencen; los ya vencidos entran solo si se piden.
    """
    lotes = por_vencer(ambito, dias=dias, incluir_vencidos=incluir_vencidos)
    return LotesPorVencer(con_sus_dias(lotes, ambito.hoy))


def por_vencer(ambito: Ambito, *, dias: int = AVISO_DIAS, incluir_vencidos: bool = False) -> QuerySet[Lote]:
    """Los mismos lotes, en el mismo orden, sin leerlos: para ver solo una parte."""
    lotes = _con_lo_que_se_dice(_con_fecha(ambito, hasta=ambito.hoy + timedelta(days=dias)))
    if not incluir_vencidos:
        lotes = lotes.filter(vence_el__gte=ambito.hoy)
    return lotes.order_by("vence_el", "pk")


def con_sus_dias(lotes: Iterable[Lote], hoy: date) -> list[LotePorVencer]:
    return [LotePorVencer(lote, _faltan(lote, hoy)) for lote in lotes]


def vencera_sin_usarse(
    ambito: Ambito, *, dias_de_consumo: int = CONSUMO_DIAS, horizonte: int = HORIZONTE_DIAS
) -> VenceraSinUsarse:
    """Devuelve los lotes que vencen dentro de `horizonte` días y no alcanzarán a usarse, con lo que sobra.

    Supone que cada producto sale de cada bodega por FEFO al ritmo de los `dias_de_consumo` días completos
    anteriores a hoy, y que hoy y el día en que vence todavía se usan enteros. Tres consultas. Primero lo
    que vence primero; lo ya vencido no está: es de `lotes_por_vencer`.
    """
    saldos = (
        _con_fecha(ambito, hasta=ambito.hoy + timedelta(days=horizonte))
        .filter(vence_el__gte=ambito.hoy)
        .order_by("producto_id", "bodega_id", "vence_el", "fecha_ingreso", "pk")
        .values_list(*DE_UN_SALDO)
    )
    desde, hasta = ambito.ultimos(dias_de_consumo)
    consumos = {
        Clave(producto, bodega): -suma
        for producto, bodega, suma in salidas_firmes(
            ambito.alcance, fecha_efectiva__gte=desde, fecha_efectiva__lt=hasta
        )
        .order_by()
        .values_list("producto_id", "bodega_id")
        .annotate(suma=SumaExacta("cantidad"))
    }
    sobra: dict[int, _Sobra] = {}
    hoy = ambito.hoy
    for clave, suyos in groupby(map(_Saldo._make, saldos), key=lambda uno: Clave(uno.producto, uno.bodega)):
        sobra |= _sobrantes(suyos, consumos.get(clave, CERO), dias_de_consumo, hoy)
    # De casi todos los lotes no sobra nada: solo los demás se leen enteros. Uno puede irse entre medio.
    lotes = _con_lo_que_se_dice(Lote.objects.all()).in_bulk(list(sobra))
    filas = [LoteQueSobra(lotes[pk], *una) for pk, una in sobra.items() if pk in lotes]
    filas.sort(key=lambda fila: (fila.lote.vence_el, fila.lote.producto.nombre_plegado, fila.lote.pk))
    return VenceraSinUsarse(filas, dias_de_consumo, horizonte)


class _Saldo(NamedTuple):
    """De un lote, lo que hace falta para saber si alcanza a usarse."""

    lote: int
    producto: int
    bodega: int
    vence_el: date
    bloqueado: bool
    cantidad: Decimal
    divisible: bool


class _Sobra(NamedTuple):
    dias: int
    consumo_diario: Decimal
    se_usara: Decimal
    sobrara: Decimal


DE_UN_SALDO = (
    *("pk", "producto_id", "bodega_id", "vence_el", "bloqueado", "saldo"),
    "producto__unidad__divisible",
)


def _sobrantes(saldos: Iterable[_Saldo], consumido: Decimal, en_dias: int, hoy: date) -> dict[int, _Sobra]:
    """Gasta los lotes en su orden: hasta el día en que vence uno, ya se usó lo de los anteriores."""
    usado = CERO
    sobrantes = {}
    for saldo in saldos:
        dias = (saldo.vence_el - hoy).days
        alcanza = CERO if saldo.bloqueado else max(CERO, consumido * (dias + 1) / en_dias - usado)
        queda = max(CERO, saldo.cantidad - alcanza)
        usado += saldo.cantidad - queda
        sobrara = cuantizar(queda)
        if not saldo.divisible:
            sobrara = sobrara.to_integral_value(ROUND_CEILING)
        if sobrara:
            sobrantes[saldo.lote] = _Sobra(
                dias, cuantizar(consumido / en_dias), saldo.cantidad - sobrara, sobrara
            )
    return sobrantes


def _con_fecha(ambito: Ambito, *, hasta: date) -> QuerySet[Lote]:
    lotes: QuerySet[Lote] = ambito.alcance.filtrar(Lote.objects.con_saldo().filter(vence_el__lte=hasta))
    return lotes


def _con_lo_que_se_dice(lotes: QuerySet[Lote]) -> QuerySet[Lote]:
    """Con el producto, la unidad y la bodega, que los dos reportes nombran."""
    return lotes.select_related("producto__unidad", "bodega").defer(*SIN_LEER)


def _faltan(lote: Lote, hoy: date) -> int:
    assert lote.vence_el is not None, "Solo se leen lotes con vencimiento."
    return (lote.vence_el - hoy).days
