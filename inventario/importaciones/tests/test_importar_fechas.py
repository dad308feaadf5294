"""Una fecha fuera del calendario es una fila rechazada, nunca una traza."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventario.importaciones.aplicar import importar
from inventario.importaciones.por_importar import PorImportar
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import Mundo


@pytest.mark.parametrize("momento", ["9999-12-31T23:59:00-05:00", "0001-01-01T00:00:00+05:00", "1899-12-31"])
def test_importar_salidas_con_un_momento_fuera_de_rango_rechaza_la_fila(
    mundo: Mundo, tmp_path: Path, momento: str
) -> None:
    mundo.entrada(mundo.producto("A"), 10)
    antes = mundo.foto()
    archivo = tmp_path / "salidas.csv"
    archivo.write_text(f"momento,sku,cantidad\n{momento},A,1\n")
    por_importar = PorImportar("salidas", archivo, politica=Politica.FEFO, bodega=mundo.bodega, aplicar=True)
    informe = importar(actor=mundo.actor, por_importar=por_importar)
    assert [(uno.fila, uno.columna) for uno in informe.rechazos] == [(2, "momento")]
    assert (informe.aceptadas, informe.aplicado) == (0, False)
    assert mundo.foto() == antes


@pytest.mark.parametrize("fecha", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_importar_entradas_con_una_fecha_fuera_de_rango_rechaza_la_fila(
    mundo: Mundo, tmp_path: Path, fecha: str
) -> None:
    mundo.producto("A")
    antes = mundo.foto()
    archivo = tmp_path / "entradas.csv"
    archivo.write_text(f"sku,cantidad,fecha,vence\nA,1,{fecha},9999-12-31\n")
    por_importar = PorImportar("entradas", archivo, bodega=mundo.bodega, aplicar=True)
    informe = importar(actor=mundo.actor, por_importar=por_importar)
    assert [(uno.fila, uno.columna) for uno in informe.rechazos] == [(2, "fecha")]
    assert mundo.foto() == antes
