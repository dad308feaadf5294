"""La suite se reparte entre dos motores sin que nada quede afuera."""

from __future__ import annotations

from pathlib import Path
from types import FunctionType

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from herramientas.reparto import (
    MOTORES,
    PESADAS,
    POSTGRESQL,
    SQLITE,
    Prueba,
    corridas,
    es_de_borde,
    nombres_de,
)
from inventario.conftest import RECOGIDAS


def _prueba(archivo: str, *marcas: str) -> Prueba:
    return Prueba.leer(archivo, marcas=marcas, pide=["db"])


def test_toda_prueba_recogida_corre_en_algun_motor(pytestconfig: pytest.Config) -> None:
    recogidas = pytestconfig.stash[RECOGIDAS]
    assert [prueba for prueba in recogidas if not corridas(prueba)] == []


def test_lo_que_usa_la_base_y_no_es_borde_corre_en_los_dos(pytestconfig: pytest.Config) -> None:
    atadas = {"postgresql", "redis", "sqlite"}
    assert [
        prueba
        for prueba in pytestconfig.stash[RECOGIDAS]
        if prueba.usa_la_base
        and not es_de_borde(prueba.archivo)
        and prueba.marcas.isdisjoint(atadas)
        and corridas(prueba) != MOTORES
    ] == []


@pytest.mark.parametrize(
    "archivo",
    [
        "inventario/movimientos/tests/test_salidas.py",
        "inventario/movimientos/tests/test_secuencias.py",
        "inventario/movimientos/tests/api/test_consultas_fijas.py",
        "inventario/cuentas/tests/test_restricciones.py",
        "inventario/panel/tests/test_carreras.py",
        "inventario/tests/test_carreras_de_admin.py",
        "inventario/compras/tests/test_algo_nuevo.py",
    ],
)
def test_el_dominio_corre_en_los_dos(archivo: str) -> None:
    assert corridas(_prueba(archivo)) == MOTORES


@pytest.mark.parametrize(
    "archivo",
    [
        "inventario/panel/tests/test_lotes.py",
        "inventario/panel/tests/mover/test_algo_nuevo.py",
        "inventario/biofloc/tests/test_existencias.py",
        "inventario/movimientos/tests/api/test_api_ajustes.py",
        "inventario/reservas/tests/test_api_mala_entrada.py",
        "inventario/cuentas/tests/test_admin.py",
        "inventario/tests/navegador/test_despacho.py",
    ],
)
def test_un_borde_corre_en_uno_y_siempre_el_mismo(archivo: str) -> None:
    [motor] = corridas(_prueba(archivo))
    assert corridas(_prueba(archivo)) == {motor}
    assert corridas(_prueba(archivo, "postgresql")) == {POSTGRESQL}
    assert corridas(_prueba(archivo, "sqlite")) == {SQLITE}


def _de_borde_que_cuenta() -> None:
    def adentro() -> None:
        with CaptureQueriesContext(connection):
            pass

    adentro()


def _de_borde_que_no_cuenta() -> None:
    assert connection.vendor


@pytest.mark.parametrize(
    ("funcion", "fixtures", "motores"),
    [
        (_de_borde_que_cuenta, ["db"], 2),
        (_de_borde_que_no_cuenta, ["db"], 1),
        (_de_borde_que_no_cuenta, ["db", "django_assert_num_queries"], 2),
    ],
)
def test_la_de_un_borde_que_cuenta_sentencias_corre_en_los_dos(
    funcion: FunctionType, fixtures: list[str], motores: int
) -> None:
    archivo, nombra = "inventario/panel/tests/test_lotes.py", nombres_de(funcion.__code__)
    assert len(corridas(Prueba.leer(archivo, marcas=(), pide=fixtures, nombra=nombra))) == motores


def test_lo_que_no_usa_la_base_corre_una_vez() -> None:
    prueba = Prueba.leer("inventario/nucleo/tests/test_cantidades.py", marcas=(), pide=["tmp_path"])
    assert len(corridas(prueba)) == 1


def test_la_que_pide_redis_corre_donde_lo_hay() -> None:
    assert corridas(_prueba("inventario/tests/test_worker.py", "redis", "django_db")) == {POSTGRESQL}


def test_la_que_pide_los_dos_motores_a_la_vez_no_corre_en_ninguno() -> None:
    """El control: lo que la primera prueba busca se hallaría."""
    assert corridas(_prueba("inventario/lotes/tests/test_gs1.py", "redis", "sqlite")) == frozenset()


def test_las_pesadas_siguen_donde_se_nombran() -> None:
    assert [archivo for archivo in PESADAS if not (Path(settings.BASE_DIR) / archivo).is_file()] == []


def test_los_bordes_nuevos_se_reparten_entre_los_dos() -> None:
    archivos = [f"inventario/panel/tests/test_pagina_{numero}.py" for numero in range(100)]
    cuantos = sum(corridas(_prueba(archivo)) == {SQLITE} for archivo in archivos)
    assert 55 < cuantos < 95
