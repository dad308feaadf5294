from __future__ import annotations

import pytest

from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.textos import (
    de_hoja,
    exigir_texto,
    limpiar_parrafo,
    limpiar_texto,
    para_hoja,
    plegar,
)


def test_limpiar_texto_recorta_y_compone() -> None:
    assert limpiar_texto("  cafe\u0301 \n", campo="x", maximo=4) == "café"
    assert limpiar_texto("   ", campo="x", maximo=4) == ""
    assert limpiar_texto("a\u00a0b", campo="x", maximo=4) == "a\u00a0b"


@pytest.mark.parametrize("texto", ["a\x00b", "a\nb", "a\tb", "a\ud800", "a\u202eb", "a\u200bb", "\x7fa"])
def test_limpiar_texto_rechaza_lo_que_no_se_ve(texto: str) -> None:
    with pytest.raises(DatoInvalido) as error:
        limpiar_texto(texto, campo="nombre", maximo=10)
    assert (error.value.detalles[0].campo, error.value.detalles[0].codigo) == ("nombre", "invalid")


@pytest.mark.parametrize("texto", ["x" * 11, "x" * 1_000_000])
def test_limpiar_texto_rechaza_lo_que_no_cabe(texto: str) -> None:
    with pytest.raises(DatoInvalido, match="hasta 10 caracteres"):
        limpiar_texto(texto, campo="nombre", maximo=10)


def test_limpiar_parrafo_admite_saltos_y_nada_mas() -> None:
    assert limpiar_parrafo("uno\r\n\tdos", campo="x", maximo=20) == "uno\r\n\tdos"
    with pytest.raises(DatoInvalido):
        limpiar_parrafo("uno\x0bdos", campo="x", maximo=20)


def test_exigir_texto_rechaza_lo_vacio() -> None:
    with pytest.raises(DatoInvalido) as error:
        exigir_texto(" \u00a0 ", campo="x", maximo=5)
    assert error.value.detalles[0].codigo == "blank"


@pytest.mark.parametrize(
    ("uno", "otro"), [("MAÍZ", "maiz"), ("Ñandú", "nandu"), ("Straße", "STRASSE"), ("한글", "한글")]
)
def test_plegar_iguala_tildes_y_mayusculas(uno: str, otro: str) -> None:
    assert plegar(uno) == plegar(otro)


@pytest.mark.parametrize(
    "texto", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1+1", "＋1", "－1", "＠x"]
)
def test_para_hoja_desarma_la_formula_y_de_hoja_la_devuelve(texto: str) -> None:
    assert para_hoja(texto) == f"'{texto}"
    assert de_hoja(para_hoja(texto)) == texto


@pytest.mark.parametrize("texto", ["", "'", "'90s", "a=1", "O'Higgins"])
def test_para_hoja_y_de_hoja_no_tocan_lo_demas(texto: str) -> None:
    assert para_hoja(texto) == de_hoja(texto) == texto
