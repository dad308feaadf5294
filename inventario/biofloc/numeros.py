"""Cómo se escriben los números del contrato: textos de escala estable, sin notación exponencial (§1.4)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from inventario.nucleo.cantidades import CENTAVO, PASO


def cantidad(valor: Decimal) -> str:
    """Devuelve la cantidad con 2 a 4 decimales: 12 es «12.00» y 0,1250 es «0.125»."""
    return _entre_dos_y_cuatro(valor)


def dinero(valor: Decimal) -> str:
    """Devuelve el total con 2 decimales, mitad hacia arriba."""
    return format(valor.quantize(CENTAVO, rounding=ROUND_HALF_UP), "f")


def costo(valor: Decimal) -> str:
    """Devuelve un costo unitario o un promedio con 2 a 4 decimales; un promedio se redondea."""
    return _entre_dos_y_cuatro(valor)


def _entre_dos_y_cuatro(valor: Decimal) -> str:
    entero, _, decimales = format(valor.quantize(PASO, rounding=ROUND_HALF_UP), "f").partition(".")
    return f"{entero}.{decimales.rstrip('0').ljust(2, '0')}"
