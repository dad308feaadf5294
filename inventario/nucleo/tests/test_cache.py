"""Lo que dejó en la caché otra versión del programa no estorba a esta."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache as comun

from inventario.nucleo import cache

MUDADO = "inventario.nucleo.tests.mudado"


class Recuerdo:
    """Una clase nuestra, como las que antes se guardaban."""

    def __init__(self, valor: int) -> None:
        self.valor = valor

    def __reduce__(self) -> tuple[type[Recuerdo], tuple[int]]:
        return type(self), (self.valor,)


@pytest.fixture
def antes(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[ModuleType]:
    """El módulo donde vivía la clase, con un recuerdo suyo en una caché de pickles, como la de archivos."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    modulo = ModuleType(MUDADO)
    vars(modulo)["Recuerdo"] = Recuerdo
    monkeypatch.setitem(sys.modules, MUDADO, modulo)
    monkeypatch.setattr(Recuerdo, "__module__", MUDADO)
    comun.set("de-antes", Recuerdo(7), 60)
    assert cache.leer("de-antes").valor == 7
    yield modulo
    comun.delete("de-antes")


def se_olvido(caplog: pytest.LogCaptureFixture, error: str) -> bool:
    with caplog.at_level(logging.WARNING, cache.__name__):
        return cache.leer("de-antes") is None and f"({error})" in caplog.text


def test_lo_que_guardo_una_clase_que_se_mudo_es_como_si_no_estuviera(
    antes: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    del vars(antes)["Recuerdo"]
    assert se_olvido(caplog, "AttributeError")


def test_ni_lo_de_un_modulo_que_ya_no_existe(
    antes: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, MUDADO)
    assert se_olvido(caplog, "ModuleNotFoundError")


def test_ni_lo_de_una_clase_que_hoy_se_arma_de_otra_manera(
    antes: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    vars(antes)["Recuerdo"] = type("Recuerdo", (), {})
    assert se_olvido(caplog, "TypeError")
