"""La caché de una máquina sin Redis: procesos de verdad cuentan juntos y nada se borra al azar."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from inventario.nucleo.cache_en_archivos import CacheEnArchivos

CUENTA = """
import sys
from django.conf import settings
settings.configure()
from inventario.nucleo.cache_en_archivos import CacheEnArchivos
cache = CacheEnArchivos(sys.argv[1], {})
for _ in range(100):
    cache.add("van", 0, timeout=60)
    cache.incr("van")
"""


def abrir(carpeta: Path, maximo: int = 300) -> CacheEnArchivos:
    return CacheEnArchivos(str(carpeta), {"OPTIONS": {"MAX_ENTRIES": maximo}})


def test_cuatro_procesos_a_la_vez_no_pierden_ni_una(tmp_path: Path) -> None:
    procesos = [subprocess.Popen([sys.executable, "-c", CUENTA, str(tmp_path)]) for _ in range(4)]
    assert [proceso.wait(60) for proceso in procesos] == [0] * 4
    assert abrir(tmp_path).get("van") == 400


def test_sumar_no_cambia_el_plazo(tmp_path: Path) -> None:
    cache = abrir(tmp_path)
    cache.set("van", 1, timeout=0.4)
    for _ in range(4):
        time.sleep(0.05)
        cache.incr("van")
    assert cache.get("van") == 5
    time.sleep(0.4)
    assert cache.get("van") is None
    with pytest.raises(ValueError, match="van"):
        cache.incr("van")


def test_llena_borra_lo_vencido_y_despues_lo_mas_viejo(tmp_path: Path) -> None:
    cache = abrir(tmp_path, maximo=20)
    cache.set("eterna", 1, timeout=None)
    for numero in range(15):
        cache.set(f"vencida-{numero}", 1, timeout=0.01)
    time.sleep(0.05)
    for numero in range(10):
        cache.set(f"viva-{numero}", numero)
    assert cache.get("eterna") == 1
    assert [cache.get(f"viva-{numero}") for numero in range(10)] == list(range(10))
    for numero in range(40):
        cache.set(f"nueva-{numero}", numero)
    assert cache.get("nueva-39") == 39
    assert len(list(tmp_path.glob("*.djcache"))) <= 20
