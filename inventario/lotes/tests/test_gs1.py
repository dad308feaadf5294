"""Qué se entiende de lo que escribe un lector, y qué se escribe en una etiqueta."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventario.lotes.gs1 import LARGO_MAXIMO, Lectura, elementos_de, leer
from inventario.lotes.models import Lote
from inventario.productos.models import Producto

GTIN = "07501031311309"
FIN_DE_2026 = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("texto", "lectura"),
    [
        ("7501031311309", Lectura(codigo="7501031311309")),
        (" 7501031311309\r\n", Lectura(codigo="7501031311309")),
        ("]E07501031311309", Lectura(codigo="7501031311309")),
        # Empieza por 10 y por 17, que en GS1 son el lote y el vencimiento: es un GTIN.
        ("17501031311306", Lectura(codigo="17501031311306")),
        (f"]C101{GTIN}10L-9\x1d17261231", Lectura(codigo=GTIN, lote="L-9", vence_el=FIN_DE_2026)),
        (f"]d201{GTIN}17261231\x1d10L-9", Lectura(codigo=GTIN, lote="L-9", vence_el=FIN_DE_2026)),
        (f"\x1d01{GTIN}17261200", Lectura(codigo=GTIN, vence_el=FIN_DE_2026)),
        (f"01{GTIN}10L-9^17261231", Lectura(codigo=GTIN, lote="L-9", vence_el=FIN_DE_2026)),
        (f"01{GTIN}10L-9<GS>17261231", Lectura(codigo=GTIN, lote="L-9", vence_el=FIN_DE_2026)),
        (f"(01){GTIN}(10)L-9(15)261231", Lectura(codigo=GTIN, lote="L-9", vence_el=FIN_DE_2026)),
        (f"(01){GTIN}(3103)001250", Lectura(codigo=GTIN, cantidad=Decimal("1.25"), unidad="kg")),
        (f"(01){GTIN}(3152)000250", Lectura(codigo=GTIN, cantidad=Decimal("2.5"), unidad="l")),
        (f"(01){GTIN}(30)12", Lectura(codigo=GTIN, cantidad=Decimal(12))),
        (f"(02){GTIN}(37)24", Lectura(codigo=GTIN, cantidad=Decimal(24))),
        ("]C191ALIM-35\x1d10L-9", Lectura(sku="ALIM-35", lote="L-9")),
        ("]C110L-9", Lectura(lote="L-9")),
        # Sin señal de ser GS1 es un código propio.
        ("10-200", Lectura(codigo="10-200")),
        ("9100", Lectura(codigo="9100", sku="00")),
        ("7501031311300", Lectura(codigo="7501031311300")),
        (f"01{GTIN}17269999", Lectura(codigo=f"01{GTIN}17269999")),
        ("Ñandú 5", Lectura(codigo="Ñandú 5")),
        ("\x00", Lectura()),
    ],
)
def test_leer_entiende_cada_forma(texto: str, lectura: Lectura) -> None:
    assert leer(texto) == lectura


@given(st.text(st.one_of(st.sampled_from("0123456789()]C1d2^\x1d"), st.characters()), max_size=80))
def test_leer_nunca_lanza(texto: str) -> None:
    lectura = leer(texto)
    assert len(lectura.codigo) <= LARGO_MAXIMO
    assert lectura.cantidad is None or lectura.cantidad > 0


@pytest.mark.parametrize(
    ("unidad", "en", "cuanto"),
    [
        ("kg", "kg", "1.25"),
        ("kg", "g", "1250"),
        ("kg", "lb", None),
        ("l", "ml", "1250"),
        ("", "saco", "1.25"),
    ],
)
def test_cantidad_se_convierte_solo_si_es_exacta(unidad: str, en: str, cuanto: str | None) -> None:
    lectura = Lectura(codigo=GTIN, cantidad=Decimal("1.25"), unidad=unidad)
    assert lectura.en(en) == (None if cuanto is None else Decimal(cuanto))


@pytest.mark.parametrize(
    ("codigo_barras", "sku", "lote", "vence", "escritos"),
    [
        (GTIN[1:], "A-1", "L-9", FIN_DE_2026, [("01", GTIN), ("17", "261231"), ("10", "L-9")]),
        ("", "A-1", "L-9", FIN_DE_2026, [("17", "261231"), ("91", "A-1"), ("10", "L-9")]),
        ("propio", "A-1", "", None, [("91", "A-1")]),
        ("", "A-1", "Ñ 1", None, [("91", "A-1")]),
        ("", "A-1", "X" * 21, None, [("91", "A-1")]),
        ("", "Ñandú", "L-9", None, []),
        ("", None, "L-9", None, []),
    ],
)
def test_etiqueta_calla_lo_que_no_cabe(
    codigo_barras: str, sku: str | None, lote: str, vence: date | None, escritos: list[tuple[str, str]]
) -> None:
    producto = Producto(codigo_barras=codigo_barras, sku=sku)
    assert elementos_de(Lote(producto=producto, codigo=lote, vence_el=vence)) == escritos
