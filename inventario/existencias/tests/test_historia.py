"""Lo que el libro les responde a las capas de abajo, por el ajuste y no por un import."""

from __future__ import annotations

import pytest

from inventario.cuentas.empresas.errores import BodegaEnUso
from inventario.existencias import historia
from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.productos.historia import Ataduras, Historia, del_libro

pytestmark = pytest.mark.django_db


def test_el_catalogo_le_pregunta_a_existencias() -> None:
    responde: Historia = historia
    assert del_libro() is responde


def test_la_historia_de_un_producto_es_la_suya(mundo: Mundo) -> None:
    usado, nuevo = mundo.producto("A"), mundo.producto("B")
    assert not historia.unidad_con_historia(usado.unidad)
    mundo.entrada(usado, 4)
    mundo.entrada(usado, "2.5", bodega=mundo.otra)
    mundo.peps(usado, 4)
    mundo.apartar(usado, 1, bodega=mundo.otra, horas=1)
    assert (historia.tiene_historia(usado), historia.tiene_historia(nuevo)) == (True, False)
    assert historia.unidad_con_historia(usado.unidad)
    assert historia.fisica_por_bodega(usado) == {mundo.bodega.pk: 0, mundo.otra.pk: cant("2.5")}
    assert historia.fisica_por_bodega(nuevo) == {}
    assert (historia.movimientos_por_bodega(usado), historia.movimientos_por_bodega(nuevo)) == (
        {mundo.bodega.pk: 2, mundo.otra.pk: 1},
        {},
    )
    assert historia.ataduras_por_bodega(usado, mundo.reloj.ahora) == {
        mundo.otra.pk: Ataduras(n_lotes=1, n_apartados=1)
    }
    mundo.reloj.avanzar(hours=1)
    assert historia.ataduras_por_bodega(usado, mundo.reloj.ahora) == {
        mundo.otra.pk: Ataduras(n_lotes=1, n_apartados=0)
    }


def test_una_bodega_con_algo_no_se_cierra(mundo: Mundo) -> None:
    historia.exigir_bodega_vacia(mundo.otra)
    mundo.entrada(mundo.producto("A"), 1, bodega=mundo.otra)
    with pytest.raises(BodegaEnUso):
        historia.exigir_bodega_vacia(mundo.otra)
