"""Los movimientos de un rango de días, con sus totales (contrato E16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from inventario.movimientos.models import Movimiento
from inventario.movimientos.models.tipos import POSITIVOS
from inventario.nucleo.cantidades import CERO
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import SumaExacta

TANDA = 2000
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
    lineas: QuerySet[Movimiento] = ambito.alcance.filtrar(
        Movimiento.objects.filter(fecha_efectiva__gte=inicio, fecha_efectiva__lt=fin)
    )
    if tipo:
        lineas = lineas.filter(tipo=tipo)
    if producto_id is not None:
        lineas = lineas.filter(producto_id=producto_id)
    return MovimientosEnRango(lineas.select_related(*CON).order_by("fecha_efectiva", "pk"))
