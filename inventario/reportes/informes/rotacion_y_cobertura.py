"""Cuánto rota cada producto y para cuántos días alcanza."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from inventario.lotes.models import Lote
from inventario.lotes.querysets import que_sirven
from inventario.movimientos.models import Movimiento, TipoMovimiento
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.nucleo.sumas import SumaExacta
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.informes.comun import (
    DEL_PRODUCTO,
    ProductoNombrado,
    por_nombre,
    productos_de,
    revertida,
)
from inventario.reportes.reporte import Reporte, de_una_vez

ROTACION_DIAS = 30
ANIO = 365
DECIMO = Decimal("0.1")
# Más allá no es una previsión, y la fecha podría no caber en el calendario.
COBERTURA_MAXIMA = 36_500


class FilaDeRotacion(NamedTuple):
    """Cómo se mueve un producto. Las cantidades, en su unidad; los valores, exactos.

    `existencia` y `utilizable` (ni vencida ni bloqueada) son las de ahora; `inicial` y `final`, las de
    los extremos del período de `dias`.
    """

    producto: ProductoNombrado
    dias: int
    hoy: date
    existencia: Decimal
    utilizable: Decimal
    consumido: Decimal
    costo_consumido: Decimal
    inicial: Decimal
    final: Decimal
    valor_inicial: Decimal
    valor_final: Decimal

    @property
    def promedio(self) -> Decimal:
        return cuantizar((self.inicial + self.final) / 2)

    @property
    def consumo_diario(self) -> Decimal:
        return cuantizar(self.consumido / self.dias)

    @property
    def rotacion(self) -> Decimal | None:
        """Cuántas veces se usó el inventario promedio en el período; nada si no hubo inventario."""
        return cuantizar(self.consumido * 2 / (self.inicial + self.final)) if self.promedio > 0 else None

    @property
    def rotacion_anual(self) -> Decimal | None:
        """La misma, llevada a 365 días."""
        if self.promedio <= 0:
            return None
        return cuantizar(self.consumido * 2 * ANIO / ((self.inicial + self.final) * self.dias))

    @property
    def dias_de_cobertura(self) -> Decimal | None:
        """Para cuántos días alcanza lo utilizable a ese ritmo, hacia abajo; nada si no se consume."""
        if self.consumido <= 0:
            return None
        return (self.utilizable * self.dias / self.consumido).quantize(DECIMO, ROUND_DOWN)

    @property
    def se_agota_el(self) -> date | None:
        """El primer día en que ya no alcanzaría, contando hoy como el primero que se usa."""
        cobertura = self.dias_de_cobertura
        if cobertura is None or cobertura > COBERTURA_MAXIMA:
            return None
        return self.hoy + timedelta(days=int(cobertura))


@dataclass(frozen=True, slots=True)
class Rotacion:
    """Lo que se agota antes va primero; al final, lo que no se consume."""

    dias: int
    desde: datetime
    hasta: datetime
    filas: list[FilaDeRotacion]

    @property
    def costo_consumido(self) -> Decimal:
        return sum((fila.costo_consumido for fila in self.filas), CERO)

    @property
    def valor_promedio(self) -> Decimal:
        return sum((fila.valor_inicial + fila.valor_final for fila in self.filas), CERO) / 2

    @property
    def rotacion(self) -> Decimal | None:
        """La de todo el inventario: costo de lo consumido entre su valor promedio."""
        promedio = self.valor_promedio
        return cuantizar(self.costo_consumido / promedio) if promedio > 0 else None


def rotacion(ambito: Ambito, *, dias: int = ROTACION_DIAS) -> Rotacion:
    """Devuelve cuánto rotó cada producto en los `dias` completos anteriores a hoy y para cuánto alcanza.

    Consumo son las salidas que nadie revirtió. Están los productos vivos con existencia o movimiento. Cuatro
    consultas: lo que hay, lo que se movió desde que empezó el período, los productos y sus unidades.
    """
    desde, hasta = ambito.ultimos(dias)
    cuentas: defaultdict[int, _Cuenta] = defaultdict(_Cuenta)
    saldos: Any = Lote.objects.con_saldo().filter(**ambito.filtro).order_by()
    for pk, costo, hay, util in saldos.values_list("producto_id", "costo_unitario").annotate(
        hay=SumaExacta("saldo"), util=SumaExacta("saldo", filter=que_sirven(ambito.hoy))
    ):
        cuenta = cuentas[pk]
        cuenta.existencia += hay
        cuenta.valor += hay * costo
        cuenta.utilizable += util
    # Qué fue cada línea va entre las claves: con tres sumas por grupo PostgreSQL ordenaba todas las filas.
    fue = Case(
        When(fecha_efectiva__gte=hasta, then=Value(_Fue.DESPUES.value)),
        When(~revertida(), tipo=TipoMovimiento.SALIDA, then=Value(_Fue.USO.value)),
        default=Value(_Fue.OTRO.value),
    )
    movidas: Any = Movimiento.objects.filter(fecha_efectiva__gte=desde, **ambito.filtro).order_by()
    for pk, costo, que, neto in (
        movidas.annotate(fue=fue)
        .values_list("producto_id", "costo_unitario", "fue")
        .annotate(neto=SumaExacta("cantidad"))
    ):
        cuentas[pk].anotar(que, neto, neto * costo)
    productos = productos_de(cuentas)
    hoy = ambito.hoy
    filas = [
        cuenta.fila(productos[pk], dias, hoy)
        for pk, cuenta in cuentas.items()
        if productos[pk].eliminado_en is None
    ]
    filas.sort(key=_por_urgencia)
    return Rotacion(dias, desde, hasta, filas)


def _por_urgencia(fila: FilaDeRotacion) -> tuple[bool, Decimal, tuple[str, int]]:
    cobertura = fila.dias_de_cobertura
    return cobertura is None, cobertura or CERO, por_nombre(fila.producto)


class _Fue(StrEnum):
    """Qué es una línea para la rotación: de después del período o, dentro de él, uso u otra cosa."""

    OTRO = "otro"
    USO = "uso"
    DESPUES = "despues"


@dataclass(slots=True)
class _Cuenta:
    """Lo de un producto mientras se suma. Hacia atrás: lo de ahora menos lo que se movió después."""

    existencia: Decimal = CERO
    valor: Decimal = CERO
    utilizable: Decimal = CERO
    neto: Decimal = CERO
    valor_neto: Decimal = CERO
    despues: Decimal = CERO
    valor_despues: Decimal = CERO
    consumido: Decimal = CERO
    costo_consumido: Decimal = CERO

    def anotar(self, fue: str, neto: Decimal, valor: Decimal) -> None:
        if fue == _Fue.DESPUES:
            self.despues += neto
            self.valor_despues += valor
            return
        self.neto += neto
        self.valor_neto += valor
        if fue == _Fue.USO:
            self.consumido -= neto
            self.costo_consumido -= valor

    def fila(self, producto: ProductoNombrado, dias: int, hoy: date) -> FilaDeRotacion:
        final, valor_final = self.existencia - self.despues, self.valor - self.valor_despues
        return FilaDeRotacion(
            producto=producto,
            dias=dias,
            hoy=hoy,
            existencia=self.existencia,
            utilizable=self.utilizable,
            consumido=self.consumido,
            costo_consumido=self.costo_consumido,
            inicial=final - self.neto,
            final=final,
            valor_inicial=valor_final - self.valor_neto,
            valor_final=valor_final,
        )


COLUMNAS = (
    *DEL_PRODUCTO,
    Columna("existencia", _("Existencia"), Clase.CANTIDAD, lambda fila: fila.existencia),
    Columna("utilizable", _("Utilizable"), Clase.CANTIDAD, lambda fila: fila.utilizable),
    Columna("consumido", _("Consumido"), Clase.CANTIDAD, lambda fila: fila.consumido),
    Columna("costo_consumido", _("Costo de lo consumido"), Clase.DINERO, lambda fila: fila.costo_consumido),
    Columna("consumo_diario", _("Consumo diario"), Clase.CANTIDAD, lambda fila: fila.consumo_diario),
    Columna("inventario_promedio", _("Inventario promedio"), Clase.CANTIDAD, lambda fila: fila.promedio),
    Columna("rotacion", _("Rotación"), Clase.CANTIDAD, lambda fila: fila.rotacion),
    Columna("rotacion_anual", _("Rotación anual"), Clase.CANTIDAD, lambda fila: fila.rotacion_anual),
    Columna("dias_de_cobertura", _("Días de cobertura"), Clase.CANTIDAD, lambda fila: fila.dias_de_cobertura),
    Columna("se_agota_el", _("Se agota"), Clase.FECHA, lambda fila: fila.se_agota_el),
)

REPORTE = Reporte(
    "rotacion",
    _("Rotación y cobertura"),
    COLUMNAS,
    de_una_vez(lambda ambito, **pedido: rotacion(ambito, **pedido).filas),
    {"dias": int},
    suman=("costo_consumido",),
)
