"""Lo que vencerá antes de que alcance a usarse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from inventario.lotes.models import Lote
from inventario.movimientos.querysets import Clave
from inventario.nucleo.cantidades import CERO, costo_total, cuantizar
from inventario.nucleo.sumas import SumaExacta
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.informes.comun import salidas_firmes
from inventario.reportes.informes.lotes import DEL_LOTE, con_lo_que_se_dice, que_vencen_hasta
from inventario.reportes.reporte import Reporte, de_una_vez

CONSUMO_DIAS = 30
HORIZONTE_DIAS = 90


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


def vencera_sin_usarse(
    ambito: Ambito, *, dias_de_consumo: int = CONSUMO_DIAS, horizonte: int = HORIZONTE_DIAS
) -> VenceraSinUsarse:
    """Devuelve los lotes que vencen dentro de `horizonte` días y no alcanzarán a usarse, con lo que sobra.

    Supone que cada producto sale de cada bodega por FEFO al ritmo de los `dias_de_consumo` días completos
    anteriores a hoy, y que hoy y el día en que vence todavía se usan enteros. Tres consultas. Primero lo
    que vence primero; lo ya vencido no está: es de `lotes_por_vencer`.
    """
    saldos = (
        que_vencen_hasta(ambito, ambito.hoy + timedelta(days=horizonte))
        .filter(vence_el__gte=ambito.hoy)
        .order_by("producto_id", "bodega_id", "vence_el", "fecha_ingreso", "pk")
        .values_list(*DE_UN_SALDO)
    )
    desde, hasta = ambito.ultimos(dias_de_consumo)
    consumos = {
        Clave(producto, bodega): -suma
        for producto, bodega, suma in salidas_firmes(
            fecha_efectiva__gte=desde, fecha_efectiva__lt=hasta, **ambito.filtro
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
    lotes = con_lo_que_se_dice(Lote.objects.all()).in_bulk(list(sobra))
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


COLUMNAS = (
    *DEL_LOTE,
    Columna("consumo_diario", _("Consumo diario"), Clase.CANTIDAD, lambda fila: fila.consumo_diario),
    Columna("se_usara", _("Se usará"), Clase.CANTIDAD, lambda fila: fila.se_usara),
    Columna("sobrara", _("Sobrará"), Clase.CANTIDAD, lambda fila: fila.sobrara),
    Columna("valor", _("Valor que se perderá"), Clase.DINERO, lambda fila: fila.valor),
)

REPORTE = Reporte(
    "vencera-sin-usarse",
    _("Lo que vencerá antes de usarse"),
    COLUMNAS,
    de_una_vez(lambda ambito, **pedido: vencera_sin_usarse(ambito, **pedido).filas),
    {"dias_de_consumo": int, "horizonte": int},
    suman=("valor",),
)
