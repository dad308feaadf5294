"""Cuánto vale el inventario, ahora o en cualquier instante pasado, y cuánto rota."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Case, Q, QuerySet, Value, When

from inventario.lotes.models import Lote
from inventario.movimientos.models import Movimiento, TipoMovimiento
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import (
    ProductoNombrado,
    SumaExacta,
    por_nombre,
    productos_de,
    revertida,
)

ROTACION_DIAS = 30
# Más atrás, sumar desde el comienzo lee menos que deshacer desde hoy, o los dos son largos.
RECIENTE_DIAS = 60
ANIO = 365
DECIMO = Decimal("0.1")
# Más allá no es una previsión, y la fecha podría no caber en el calendario.
COBERTURA_MAXIMA = 36_500


class FilaDeValor(NamedTuple):
    """Un producto con lo que había de él; `valor` es exacto, lote por lote a su costo."""

    producto: ProductoNombrado
    cantidad: Decimal
    valor: Decimal

    @property
    def costo_medio(self) -> Decimal | None:
        return cuantizar(self.valor / self.cantidad) if self.cantidad else None


@dataclass(frozen=True, slots=True)
class Valorizacion:
    """Por nombre de producto. `al` es el instante de que se habla."""

    al: datetime
    filas: list[FilaDeValor]

    @property
    def valor(self) -> Decimal:
        return sum((fila.valor for fila in self.filas), CERO)


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


def valorizacion(ambito: Ambito, *, instante: datetime | None = None) -> Valorizacion:
    """Devuelve lo que había y lo que valía cada producto en ese instante, incluido; sin él, ahora.

    A un instante es la suma de los movimientos hasta él, cada uno a su costo (decisión 10); ahora es la de
    los saldos de los lotes, que dan lo mismo y son muchos menos. A un instante de hace poco es lo de ahora
    menos lo que se movió después. Tres consultas, o cuatro.
    """
    sumas: dict[int, tuple[Decimal, Decimal]] = {}
    if instante is None or _es_reciente(ambito, instante):
        saldos: Any = ambito.alcance.filtrar(Lote.objects.con_saldo())
        _acumular(sumas, saldos, "saldo", 1)
    if instante is not None:
        lineas = lineas_que_se_suman(ambito, instante)
        _acumular(sumas, lineas, "cantidad", -1 if _es_reciente(ambito, instante) else 1)
    hubo = {pk: par for pk, par in sumas.items() if par != (CERO, CERO)}
    productos = productos_de(hubo)
    return Valorizacion(
        al=instante or ambito.ahora,
        filas=sorted(
            (FilaDeValor(productos[pk], *par) for pk, par in hubo.items()),
            key=lambda fila: por_nombre(fila.producto),
        ),
    )


def lineas_que_se_suman(ambito: Ambito, instante: datetime) -> QuerySet[Any]:
    """Las que lee la valorización a ese instante: las posteriores si es reciente, si no las anteriores."""
    lado = "gt" if _es_reciente(ambito, instante) else "lte"
    return ambito.alcance.filtrar(Movimiento.objects.filter(**{f"fecha_efectiva__{lado}": instante}))


def _es_reciente(ambito: Ambito, instante: datetime) -> bool:
    return ambito.ahora - instante <= timedelta(days=RECIENTE_DIAS)


def _acumular(
    sumas: dict[int, tuple[Decimal, Decimal]], filas: QuerySet[Any], columna: str, signo: int
) -> None:
    grupos: Any = (
        filas.order_by().values_list("producto_id", "costo_unitario").annotate(suma=SumaExacta(columna))
    )
    for producto_id, costo, suma in grupos:
        cantidad, valor = sumas.get(producto_id, (CERO, CERO))
        neta = signo * suma
        sumas[producto_id] = (cantidad + neta, valor + neta * costo)


def valor_por_producto(lotes: QuerySet[Lote]) -> dict[int, Decimal]:
    """Cuánto vale lo que queda de esos lotes, por producto y exacto, en una consulta que no los lee."""
    sumas: dict[int, tuple[Decimal, Decimal]] = {}
    _acumular(sumas, lotes.select_related(None), "saldo", 1)
    return {producto: valor for producto, (_cantidad, valor) in sumas.items()}


def rotacion(ambito: Ambito, *, dias: int = ROTACION_DIAS) -> Rotacion:
    """Devuelve cuánto rotó cada producto en los `dias` completos anteriores a hoy y para cuánto alcanza.

    Consumo son las salidas que nadie revirtió. Están los productos vivos con existencia o movimiento. Cuatro
    consultas: lo que hay, lo que se movió desde que empezó el período, los productos y sus unidades.
    """
    desde, hasta = ambito.ultimos(dias)
    cuentas: defaultdict[int, _Cuenta] = defaultdict(_Cuenta)
    sirve = Q(Q(vence_el=None) | Q(vence_el__gte=ambito.hoy), bloqueado=False)
    saldos: Any = ambito.alcance.filtrar(Lote.objects.con_saldo()).order_by()
    for pk, costo, hay, util in saldos.values_list("producto_id", "costo_unitario").annotate(
        hay=SumaExacta("saldo"), util=SumaExacta("saldo", filter=sirve)
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
    movidas: Any = ambito.alcance.filtrar(Movimiento.objects.filter(fecha_efectiva__gte=desde)).order_by()
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
