"""Las lecturas de todo el día entran por su índice (en PostgreSQL, sin empujar al planificador)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inventario.movimientos.tests.lecturas_calientes import lecturas
from inventario.movimientos.tests.mundo import Mundo
from inventario.movimientos.tests.volumen import llenar, planes_de
from inventario.nucleo.empresa import en_empresa

pytestmark = pytest.mark.postgresql


@pytest.fixture
def lleno(db: None) -> Iterator[Mundo]:
    mundo = Mundo.crear()
    with en_empresa(mundo.empresa):
        llenar(mundo, productos=40, lotes=8_000, movimientos=30_000)
        yield mundo


def test_cada_lectura_entra_por_su_indice_y_no_recorre_ninguna_tabla_grande(lleno: Mundo) -> None:
    sin_indice, recorren, ordenan = {}, {}, {}
    for nombre, lectura in lecturas(lleno).items():
        planes = planes_de(lectura.hacer)
        usados = frozenset[str]().union(*(plan.indices for plan in planes))
        if not any(indice.startswith(lectura.indices) for indice in usados):
            sin_indice[nombre] = usados
        if any(plan.recorridas for plan in planes):
            recorren[nombre] = [plan.recorridas for plan in planes]
        if lectura.sin_ordenar and any(plan.ordena for plan in planes):
            ordenan[nombre] = usados
    assert (sin_indice, recorren, ordenan) == ({}, {}, {})
