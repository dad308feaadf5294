"""Cómo se escribe una cantidad en un texto en español."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventario.nucleo.cantidades import en_espanol


@pytest.mark.parametrize(
    ("valor", "escrito"),
    [
        ("7", "7"),
        ("7.2500", "7,25"),
        ("4200.5000", "4.200,5"),
        ("1234567", "1.234.567"),
        ("1E+3", "1.000"),
        ("0.0000", "0"),
        ("-0.5", "-0,5"),
        ("-4200.0001", "-4.200,0001"),
        ("99999999999.9999", "99.999.999.999,9999"),
    ],
)
def test_en_espanol_separa_los_miles_con_punto(valor: str, escrito: str) -> None:
    assert en_espanol(Decimal(valor)) == escrito
