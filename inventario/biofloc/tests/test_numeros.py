from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from inventario.biofloc import fechas, numeros


@pytest.mark.parametrize(
    ("valor", "texto"),
    [
        ("0", "0.00"), ("12", "12.00"), ("12.5", "12.50"), ("0.1250", "0.125"), ("0.0001", "0.0001"),
        ("-7.1000", "-7.10"), ("1E+3", "1000.00"), ("99999999999.9999", "99999999999.9999"),
        ("100.0000", "100.00"),
    ],
)  # fmt: skip
def test_una_cantidad_lleva_de_dos_a_cuatro_decimales(valor: str, texto: str) -> None:
    assert numeros.cantidad(Decimal(valor)) == texto


@pytest.mark.parametrize(
    ("valor", "texto"), [("1.005", "1.01"), ("1.0049", "1.00"), ("0", "0.00"), ("1E+2", "100.00")]
)
def test_el_dinero_se_redondea_una_vez_mitad_hacia_arriba(valor: str, texto: str) -> None:
    assert numeros.dinero(Decimal(valor)) == texto


@pytest.mark.parametrize(
    ("valor", "texto"), [("56.13793103448275862068965517", "56.1379"), ("2", "2.00"), ("0.00005", "0.0001")]
)
def test_un_promedio_se_redondea_a_cuatro(valor: str, texto: str) -> None:
    assert numeros.costo(Decimal(valor)) == texto


def test_un_instante_termina_en_z_venga_de_donde_venga() -> None:
    guayaquil = timezone(timedelta(hours=-5))
    assert fechas.instante(datetime(2027, 3, 14, 1, 5, 9, 120000, guayaquil)) == "2027-03-14T06:05:09.120000Z"
    assert fechas.instante(datetime(2027, 3, 14, 6, 5, 9, tzinfo=UTC)) == "2027-03-14T06:05:09Z"
