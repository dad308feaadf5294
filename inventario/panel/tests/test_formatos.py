"""Cómo se escriben y se leen los números: 4.200,50 en español, 4,200.50 en inglés (contrato §5.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from inventario.panel.marco.formularios import CantidadCampo
from inventario.panel.mover.formulario import escrita
from inventario.panel.templatetags.formatos import cantidad, dinero, fecha, momento


@pytest.mark.parametrize(
    ("valor", "en_espanol", "en_ingles"),
    [
        ("4200.5", "4.200,5", "4,200.5"),
        ("4200.0000", "4.200", "4,200"),
        ("1234567.8910", "1.234.567,891", "1,234,567.891"),
        ("-4200.25", "-4.200,25", "-4,200.25"),
        ("999", "999", "999"),
        ("0.0001", "0,0001", "0.0001"),
        ("0.0000", "0", "0"),
        ("12000", "12.000", "12,000"),
    ],
)
def test_cantidad_con_los_separadores_del_idioma(valor: str, en_espanol: str, en_ingles: str) -> None:
    with translation.override("es"):
        assert cantidad(Decimal(valor)) == en_espanol
    with translation.override("en"):
        assert cantidad(Decimal(valor)) == en_ingles


@pytest.mark.parametrize(
    ("valor", "en_espanol", "en_ingles"),
    [
        ("4200.5", "4.200,50", "4,200.50"),
        ("1.005", "1,01", "1.01"),
        ("1000000", "1.000.000,00", "1,000,000.00"),
        ("0", "0,00", "0.00"),
    ],
)
def test_dinero_con_dos_decimales(valor: str, en_espanol: str, en_ingles: str) -> None:
    with translation.override("es"):
        assert dinero(Decimal(valor)) == en_espanol
    with translation.override("en"):
        assert dinero(Decimal(valor)) == en_ingles


def test_fechas_y_lo_que_no_hay() -> None:
    with translation.override("es"), timezone.override("America/Guayaquil"):
        assert fecha(date(2031, 5, 20)) == "20/05/2031"
        assert momento(datetime(2031, 5, 20, 4, 30, tzinfo=UTC)) == "19/05/2031 23:30"
    assert [cantidad(None), dinero(None), fecha(None), momento(None)] == ["—"] * 4


@pytest.mark.parametrize(
    ("escrito", "leido"),
    [
        ("4200,5", "4200.5"),
        ("4200.5", "4200.5"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("12,125", "12.125"),
    ],
)
def test_leer_admite_coma_o_punto_para_los_decimales(escrito: str, leido: str) -> None:
    with translation.override("es"):
        assert CantidadCampo().clean(escrito) == Decimal(leido)


@pytest.mark.parametrize("escrito", ["1.234", "12.000", "-4.200"])
def test_leer_no_adivina_si_el_punto_separa_los_miles(escrito: str) -> None:
    """La página escribe así mil doscientos treinta y cuatro: leerlo como 1,234 movería mil veces menos."""
    entero, decimal = escrito.replace(".", ""), escrito.replace(".", ",")
    with translation.override("es"), pytest.raises(ValidationError) as rechazo:
        CantidadCampo().clean(escrito)
    assert rechazo.value.messages == [
        f"«{escrito}» se puede leer de dos maneras: escriba {entero} o {decimal}."
    ]


def test_en_ingles_lo_dudoso_es_la_coma() -> None:
    with translation.override("en"):
        assert CantidadCampo().clean("1.234") == Decimal("1.234")
        with pytest.raises(ValidationError):
            CantidadCampo().clean("1,234")


@pytest.mark.parametrize(("idioma", "texto"), [("es", "1234,125"), ("en", "1234.125")])
def test_lo_que_la_pagina_escribe_en_un_campo_lo_vuelve_a_leer(idioma: str, texto: str) -> None:
    with translation.override(idioma):
        assert escrita(Decimal("1234.1250")) == texto
        for valor in ("1234.1250", "12.125", "1234", "0.125"):
            assert CantidadCampo().clean(escrita(Decimal(valor))) == Decimal(valor)
