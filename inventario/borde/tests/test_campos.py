"""La forma de cada dato (§1.2): lo que se admite, con su valor exacto, y lo que no, con su frase."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.exceptions import ErrorDetail, ValidationError

from inventario.borde import campos
from inventario.borde.analizador import analizar
from inventario.borde.salida import SalidaJson


def leido(campo: Any, literal: str) -> Any:
    """Pasa el literal JSON por el analizador y el campo, como en una solicitud."""
    return campo.run_validation(analizar(f"[{literal}]".encode())[0])


def rechazo(campo: Any, literal: str) -> ErrorDetail:
    with pytest.raises(ValidationError) as fallo:
        leido(campo, literal)
    detalle = fallo.value.detail
    assert isinstance(detalle, list)
    assert isinstance(detalle[0], ErrorDetail)
    assert str(detalle[0]).endswith(".") or ":" in str(detalle[0])
    return detalle[0]


@pytest.mark.parametrize(
    ("literal", "valor"),
    [("7", 7), ('"7"', 7), ("2.0", 2), ('" 2.00 "', 2), ("1e3", 1000), ("0", 0), ("-0.0", 0), ('"+5"', 5)],
)
def test_entero_admite(literal: str, valor: int) -> None:
    assert leido(campos.EnteroCampo(), literal) == valor
    assert isinstance(leido(campos.EnteroCampo(), literal), int)


@pytest.mark.parametrize(
    ("literal", "codigo"),
    [
        ("true", "invalid"),
        ("false", "invalid"),
        ("1.5", "invalid"),
        ('"1.5"', "invalid"),
        ('"0x10"', "invalid"),
        ('"1_000"', "invalid"),
        ('"٣"', "invalid"),
        ('""', "invalid"),
        ("[]", "invalid"),
        ("{}", "invalid"),
        ("null", "null"),
        ("2147483648", "max_value"),
        ("1e300", "max_value"),
        ("-1e300", "min_value"),
        ("9" * 300, "max_value"),
        ("-1", "min_value"),
    ],
)
def test_entero_rechaza(literal: str, codigo: str) -> None:
    assert rechazo(campos.EnteroCampo(minimo=0), literal).code == codigo


def test_entero_dice_el_maximo() -> None:
    assert rechazo(campos.EnteroCampo(), "2147483648") == "Debe ser menor o igual que 2147483647."


@pytest.mark.parametrize(
    ("literal", "valor"),
    [
        ("7", "7"),
        ("0.1", "0.1"),
        ("0.10000", "0.1"),
        ('"3.50"', "3.5"),
        ("1e2", "100"),
        ("99999999999.9999", "99999999999.9999"),
        ("0.0001", "0.0001"),
    ],
)
def test_cantidad_admite(literal: str, valor: str) -> None:
    obtenido = leido(campos.CantidadCampo(), literal)
    assert obtenido == Decimal(valor)
    assert isinstance(obtenido, Decimal)


@pytest.mark.parametrize(
    ("literal", "codigo"),
    [
        ("0", "min_value"),
        ("-1", "min_value"),
        ("0.00001", "max_decimal_places"),
        ("100000000000", "max_value"),
        ("1e300", "max_value"),
        ("-1e300", "max_value"),
        ("1e-300", "max_decimal_places"),
        ("9" * 300, "max_value"),
        ("0." + "1" * 100, "max_decimal_places"),
        ("true", "invalid"),
        ('"NaN"', "invalid"),
        ('"Infinity"', "invalid"),
        ('"1e5"', "invalid"),
        ('"1,5"', "invalid"),
        ('"."', "invalid"),
        ('""', "invalid"),
        ("[1]", "invalid"),
        ("null", "null"),
    ],
)
def test_cantidad_rechaza(literal: str, codigo: str) -> None:
    assert rechazo(campos.CantidadCampo(), literal).code == codigo


def test_cantidad_con_minimo_o_con_signo() -> None:
    assert leido(campos.CantidadCampo(minimo=0), "0") == 0
    assert rechazo(campos.CantidadCampo(minimo=0), "-0.1").code == "min_value"
    assert leido(campos.CantidadCampo(con_signo=True), "-2.5") == Decimal("-2.5")
    assert rechazo(campos.CantidadCampo(con_signo=True), "0.0").code == "nonzero"


def test_dinero_admite_dos_decimales_y_un_tope() -> None:
    assert leido(campos.DineroCampo(), "150.50") == Decimal("150.50")
    assert leido(campos.DineroCampo(), "9999999999.99") == Decimal("9999999999.99")
    assert rechazo(campos.DineroCampo(), "19.9999").code == "max_decimal_places"
    assert rechazo(campos.DineroCampo(), "10000000000").code == "max_value"
    assert rechazo(campos.DineroCampo(), "0").code == "min_value"
    assert leido(campos.DineroCampo(minimo=0), "0") == 0


@pytest.mark.parametrize(
    "literal",
    [
        '"2030-12-31"',
        '"2030-12-31T00:00:00"',
        '"2030-12-31T00:00:00Z"',
        '"2030-12-31T00:00:00.000000-05:00"',
        '" 2030-12-31 "',
    ],
)
def test_fecha_admite(literal: str) -> None:
    assert leido(campos.FechaCampo(), literal) == date(2030, 12, 31)


@pytest.mark.parametrize(
    "literal",
    [
        "86400",
        "1.5",
        "true",
        '""',
        '"31/12/2030"',
        '"20301231"',
        '"2030-W01-1"',
        '"2030-02-30"',
        '"2030-12-31T10:00:00"',
        '"0000-01-01"',
        '"٢٠٣٠-12-31"',
        "[]",
        "{}",
    ],
)
def test_fecha_rechaza(literal: str) -> None:
    assert rechazo(campos.FechaCampo(), literal) == "Debe ser una fecha AAAA-MM-DD."


def test_fecha_nula_solo_si_se_permite() -> None:
    assert rechazo(campos.FechaCampo(), "null").code == "null"
    assert leido(campos.FechaCampo(allow_null=True), "null") is None


def test_instante_exige_zona() -> None:
    campo = campos.InstanteCampo()
    esperado = datetime(2026, 3, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-5)))
    assert leido(campo, '"2026-03-31T23:59:59-05:00"') == esperado
    assert leido(campo, '"2026-04-01T04:59:59Z"') == esperado
    assert leido(campo, '"2026-04-01T04:59:59 00:00"') == esperado
    assert campo.to_representation(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"
    for malo in ('"2026-03-31T23:59:59"', '"2026-03-31"', '"0001-01-01T00:00:00+00:00"', "1", '"ayer"', '""'):
        assert rechazo(campo, malo).code == "invalid"


def test_texto_recorta_y_rechaza_lo_que_no_se_ve() -> None:
    campo = campos.TextoCampo(maximo=5)
    assert leido(campo, '"  año "') == "año"
    assert leido(campo, '"n\\u0303"') == "ñ"
    assert rechazo(campo, '"   "').code == "blank"
    assert rechazo(campo, '"abcdef"').code == "max_length"
    assert rechazo(campo, json.dumps("x" * 100_000)).code == "max_length"
    for malo in ("7", "true", "[]", "{}", '"a\\u0001"', '"a\\nb"', '"a\\u202eb"', '"a\\u200bb"'):
        assert rechazo(campo, malo).code == "invalid"
    assert leido(campos.TextoCampo(maximo=9, multilinea=True), '"a\\nb"') == "a\nb"
    assert leido(campos.TextoCampo(maximo=9, permite_vacio=True), '" "') == ""


def test_booleano_y_opcion() -> None:
    assert leido(campos.BooleanoCampo(), "true") is True
    assert leido(campos.BooleanoCampo(), '"no"') is False
    for malo in ("1", "0", '"quizás"', "[]"):
        assert rechazo(campos.BooleanoCampo(), malo).code == "invalid"
    campo = campos.OpcionCampo([("fefo", "FEFO"), ("peps", "PEPS")])
    assert leido(campo, '"peps"') == "peps"
    for malo in ('"lifo"', '""', "1", "[]", "{}", "true"):
        assert rechazo(campo, malo) == "Se admite: fefo, peps."


@pytest.mark.parametrize(
    ("valor", "escrito"),
    [
        ("12.0000", "12"),
        ("0.1000", "0.1"),
        ("150.50", "150.5"),
        ("99999999999.9999", "99999999999.9999"),
        ("12345678901.1234", "12345678901.1234"),
        ("-0.0001", "-0.0001"),
        ("1E+3", "1000"),
    ],
)
def test_los_decimales_salen_como_numeros_exactos(valor: str, escrito: str) -> None:
    assert SalidaJson().render({"n": Decimal(valor)}) == f'{{"n":{escrito}}}'.encode()
