"""Lo que la base niega de una exportación."""

from __future__ import annotations

import pytest

from inventario.movimientos.tests.mundo import HOY, Mundo
from inventario.nucleo.tests.restricciones import cambiar, la_base_niega
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.models import Exportacion
from inventario.reportes.services import pedir_exportacion


@pytest.fixture
def filas_validas(mundo: Mundo) -> None:
    pedir_exportacion(
        actor=mundo.actor,
        reporte="movimientos-por-rango-fecha",
        formato=Formato.CSV,
        parametros={"desde": HOY, "hasta": HOY},
        reloj=mundo.reloj,
    )


test_la_base_niega = la_base_niega(
    {
        "exportacion_estado_conocido": [cambiar(Exportacion, estado="'perdida'")],
        "exportacion_formato_conocido": [cambiar(Exportacion, formato="'pdf'")],
        "exportacion_avance_de_0_a_100": [cambiar(Exportacion, avance="101")],
        "exportacion_lista_con_archivo": [
            cambiar(Exportacion, estado="'lista'", avance="100"),
            cambiar(Exportacion, estado="'lista'", avance="99", archivo="'a.csv'"),
        ],
    }
)
