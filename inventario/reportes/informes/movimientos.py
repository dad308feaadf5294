"""Los movimientos de un rango de días, con sus totales (contrato E16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models import Motivo, Movimiento, TipoMovimiento
from inventario.movimientos.models.tipos import POSITIVOS
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.sumas import SumaExacta
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.reporte import RANGO, TANDA, Parametros, Reporte, Tanda

CON = ("producto__unidad", "bodega", "lote", "asiento__actor")


@dataclass(frozen=True, slots=True)
class TotalesDeMovimientos:
    """Cuántas líneas y cuánto entró y salió; los valores son exactos.

    Las cantidades mezclan unidades si el rango no es de un solo producto.
    """

    lineas: int = 0
    entradas: Decimal = CERO
    salidas: Decimal = CERO
    valor_entradas: Decimal = CERO
    valor_salidas: Decimal = CERO
    hasta_id: int = 0


@dataclass(frozen=True, slots=True)
class MovimientosEnRango:
    """`consulta` es perezosa, por fecha efectiva y luego por id, con sus relaciones cargadas."""

    consulta: QuerySet[Movimiento]

    def totales(self) -> TotalesDeMovimientos:
        """Los calcula en una consulta."""
        lineas, hasta_id = 0, 0
        entradas = salidas = valor_entradas = valor_salidas = CERO
        # Se suma por costo y se multiplica aquí: SQLite haría el producto en coma flotante.
        grupos: Any = (
            self.consulta.select_related(None)
            .order_by()
            .values_list("costo_unitario")
            .annotate(
                entra=SumaExacta("cantidad", filter=Q(tipo__in=POSITIVOS)),
                sale=SumaExacta("cantidad", filter=~Q(tipo__in=POSITIVOS)),
                cuantas=Count("pk"),
                ultima=Max("pk"),
            )
        )
        for costo, entra, sale, cuantas, ultima in grupos:
            entradas += entra
            salidas -= sale
            valor_entradas += entra * costo
            valor_salidas -= sale * costo
            lineas += cuantas
            hasta_id = max(hasta_id, ultima)
        return TotalesDeMovimientos(lineas, entradas, salidas, valor_entradas, valor_salidas, hasta_id)

    def por_tandas(self, *, hasta_id: int, tanda: int = TANDA) -> Iterator[list[Movimiento]]:
        """Da las líneas de a `tanda`; cada una es una consulta, que puede ir en su propia transacción.

        Sigue desde la última vista, y lo registrado después de `hasta_id` queda fuera: así lo que entre
        a mitad del recorrido no descuadra el total que ya se dijo.
        """
        filas = self.consulta.filter(pk__lte=hasta_id)
        ultima: Movimiento | None = None
        while True:
            pendientes = filas
            if ultima is not None:
                # La cota sola sobra en la lógica, pero es la que el índice sabe usar.
                pendientes = filas.filter(
                    Q(fecha_efectiva__gt=ultima.fecha_efectiva)
                    | Q(fecha_efectiva=ultima.fecha_efectiva, pk__gt=ultima.pk),
                    fecha_efectiva__gte=ultima.fecha_efectiva,
                )
            leidas = list(pendientes[:tanda])
            if leidas:
                yield leidas
            if len(leidas) < tanda:
                return
            ultima = leidas[-1]


def movimientos_en_rango(
    ambito: Ambito, *, desde: date, hasta: date, tipo: str = "", producto_id: int | None = None
) -> MovimientosEnRango:
    """Devuelve las líneas del libro con fecha efectiva entre esos dos días locales, ambos enteros."""
    inicio, fin = ambito.rango(desde, hasta)
    lineas: QuerySet[Movimiento] = Movimiento.objects.filter(
        fecha_efectiva__gte=inicio, fecha_efectiva__lt=fin, **ambito.filtro
    )
    if tipo:
        lineas = lineas.filter(tipo=tipo)
    if producto_id is not None:
        lineas = lineas.filter(producto_id=producto_id)
    return MovimientosEnRango(lineas.select_related(*CON).order_by("fecha_efectiva", "pk"))


COLUMNAS = (
    Columna("id", _("Id"), Clase.ENTERO, lambda fila: fila.pk),
    Columna("fecha_movimiento", _("Fecha"), Clase.MOMENTO, lambda fila: fila.fecha_efectiva),
    Columna("tipo", _("Tipo"), Clase.TEXTO, lambda fila: fila.tipo, TipoMovimiento),
    Columna("producto_id", _("Id del producto"), Clase.ENTERO, lambda fila: fila.producto_id),
    Columna("producto_sku", _("SKU"), Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("producto_nombre", _("Producto"), Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("lote_id", _("Id del lote"), Clase.ENTERO, lambda fila: fila.lote_id),
    Columna("lote_codigo", _("Lote"), Clase.TEXTO, lambda fila: fila.lote.codigo),
    Columna("bodega", _("Bodega"), Clase.TEXTO, lambda fila: fila.bodega.codigo),
    Columna("cantidad", _("Cantidad"), Clase.CANTIDAD, lambda fila: abs(fila.cantidad)),
    Columna("unidad", _("Unidad"), Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
    Columna("costo_unitario", _("Costo unitario"), Clase.CANTIDAD, lambda fila: fila.costo_unitario),
    Columna("costo", _("Costo"), Clase.DINERO, lambda fila: abs(fila.cantidad) * fila.costo_unitario),
    Columna("saldo_lote", _("Saldo del lote"), Clase.CANTIDAD, lambda fila: fila.saldo_lote_tras),
    Columna("asiento", _("Asiento"), Clase.ENTERO, lambda fila: fila.asiento.numero),
    Columna("usuario", _("Usuario"), Clase.TEXTO, lambda fila: str(fila.asiento.actor)),
    Columna("motivo", _("Motivo"), Clase.TEXTO, lambda fila: fila.asiento.motivo, Motivo),
    Columna("justificacion", _("Justificación"), Clase.TEXTO, lambda fila: fila.asiento.motivo_texto),
    Columna("referencia", _("Referencia"), Clase.TEXTO, lambda fila: fila.asiento.referencia),
    Columna("modulo", _("Módulo"), Clase.TEXTO, lambda fila: fila.asiento.modulo),
    Columna("tanque", _("Tanque"), Clase.TEXTO, lambda fila: fila.asiento.tanque),
)


def _tandas(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    rango = movimientos_en_rango(ambito, **parametros)
    totales = rango.totales()
    for filas in rango.por_tandas(hasta_id=totales.hasta_id, tanda=TANDA):
        yield Tanda(filas, total=totales.lineas)


REPORTE = Reporte(
    "movimientos-por-rango-fecha",
    _("Movimientos entre fechas"),
    COLUMNAS,
    _tandas,
    {**RANGO, "tipo": str, "producto_id": int},
    frozenset(RANGO),
)
