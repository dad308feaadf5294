"""Lo que debe quedar de una corriente, sin base ni libro: listas, decimales y la regla del contrato.

No comparte nada con el código que comprueba; por eso repite hasta el orden de salida.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple


class Entrada(NamedTuple):
    fecha: date
    sku: str
    lote: str
    cantidad: Decimal
    vence: date | None
    costo_unitario: Decimal


class Salida(NamedTuple):
    momento: datetime
    sku: str
    cantidad: Decimal


def esperado(
    entradas: list[Entrada], salidas: list[Salida], skus: list[str], vencido_al: date
) -> dict[str, Any]:
    """Devuelve lo mismo que dice `farmacia_esperado.json`."""
    lotes: dict[str, list[list[Any]]] = {sku: [] for sku in skus}
    cuentas = {sku: {"despachado": Decimal(0), "costo": Decimal(0)} for sku in skus}
    aceptadas = rechazadas = lineas = 0
    pendientes = list(entradas)
    for momento, sku, cantidad in salidas:
        hoy = momento.date()
        while pendientes and pendientes[0].fecha <= hoy:
            llega = pendientes.pop(0)
            lotes[llega.sku].append([llega.vence, llega.fecha, llega.costo_unitario, llega.cantidad])
        sirven = [lote for lote in lotes[sku] if lote[3] > 0 and (lote[0] is None or lote[0] >= hoy)]
        if sum(lote[3] for lote in sirven) < cantidad:
            rechazadas += 1
            continue
        aceptadas += 1
        falta = cantidad
        # Ordenar por fecha de ingreso y luego por vencimiento es estable: empata el que entró antes.
        for lote in sorted(sorted(sirven, key=lambda lote: lote[1]), key=lambda lote: lote[0] or date.max):
            toma = min(falta, lote[3])
            if not toma:
                break
            lote[3] -= toma
            falta -= toma
            lineas += 1
            cuentas[sku]["costo"] += toma * lote[2]
        cuentas[sku]["despachado"] += cantidad
    for llega in pendientes:
        lotes[llega.sku].append([llega.vence, llega.fecha, llega.costo_unitario, llega.cantidad])
    return {
        "salidas_totales": len(salidas),
        "salidas_aceptadas": aceptadas,
        "salidas_rechazadas_por_falta": rechazadas,
        "lineas_de_salida": lineas,
        "entradas": len(entradas),
        "por_sku": {
            sku: {
                "cantidad_final": _cuatro(sum((lote[3] for lote in lotes[sku]), Decimal(0))),
                "lotes_con_saldo": sum(lote[3] > 0 for lote in lotes[sku]),
                "despachado": _cuatro(cuentas[sku]["despachado"]),
                "costo_despachado": _dos(cuentas[sku]["costo"]),
                "valor_final": _dos(sum((lote[3] * lote[2] for lote in lotes[sku]), Decimal(0))),
                f"vencido_al_{vencido_al}": _cuatro(
                    sum((lote[3] for lote in lotes[sku] if lote[0] and lote[0] < vencido_al), Decimal(0))
                ),
            }
            for sku in skus
        },
    }


def _cuatro(valor: Decimal) -> str:
    return str(valor.quantize(Decimal("0.0001")))


def _dos(valor: Decimal) -> str:
    return str(valor.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
