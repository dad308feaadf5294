"""Todo texto de las páginas tiene su inglés, y lo que se sirve es lo que dice el .po."""

from __future__ import annotations

import gettext
import re

import pytest

from inventario.tests.textos_traducibles import RAIZ, codigo, mal_nombrados, textos

CARPETA = RAIZ / "inventario" / "locale" / "en" / "LC_MESSAGES"
_VARIABLE = re.compile(r"%\(\w+\)s|%s")


@pytest.fixture(scope="module")
def catalogo() -> dict[str, str]:
    """Lo compilado: texto en español → inglés; de un plural, sus dos formas unidas por un salto."""
    with (CARPETA / "django.mo").open("rb") as archivo:
        crudo: dict[str | tuple[str, int], str] = gettext.GNUTranslations(archivo)._catalog  # type: ignore[attr-defined]  # no hay otra manera de recorrerlo
    formas: dict[str, list[str]] = {}
    for clave, texto in sorted(crudo.items(), key=str):
        formas.setdefault(clave[0] if isinstance(clave, tuple) else clave, []).append(texto)
    return {clave: "\n".join(textos) for clave, textos in formas.items() if clave}


def test_lo_que_traduce_se_llama_igual_en_todas_partes() -> None:
    assert [uno for archivo in codigo() for uno in mal_nombrados(archivo)] == []


def test_no_falta_ni_sobra_ningun_texto(catalogo: dict[str, str]) -> None:
    esperados = set(textos())
    assert {texto for texto in esperados if not catalogo.get(texto)} == set(), "Faltan en django.po."
    assert set(catalogo) - esperados == set(), "Sobran en django.po."


def test_cada_plural_tiene_sus_dos_formas(catalogo: dict[str, str]) -> None:
    plurales = [uno for uno, varios in textos().items() if varios]
    assert [uno for uno in plurales if len(catalogo[uno].split("\n")) != 2] == []


def test_las_variables_son_las_mismas(catalogo: dict[str, str]) -> None:
    distintas = [
        texto
        for texto, varios in textos().items()
        if not varios and sorted(_VARIABLE.findall(texto)) != sorted(_VARIABLE.findall(catalogo[texto]))
    ]
    assert distintas == []


def test_lo_compilado_es_lo_escrito(catalogo: dict[str, str]) -> None:
    escrito = re.findall(r'^msgid "(.+)"$', (CARPETA / "django.po").read_text(), re.MULTILINE)
    assert {texto.replace('\\"', '"') for texto in escrito} == set(catalogo)
