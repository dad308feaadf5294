"""Ninguna lista del panel recorre una tabla que crece, con el filtro que sea (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from django_scopes import scope

from inventario.lotes.models import Lote
from inventario.movimientos.tests.mundo import AHORA, Mundo
from inventario.movimientos.tests.volumen import GRANDES, llenar, planes_de
from inventario.panel.tests.conftest import Navegador
from inventario.productos.models import Producto
from inventario.reservas.tests import volumen as reservas

pytestmark = pytest.mark.postgresql
QUE_CRECEN = GRANDES | reservas.GRANDES
ANIOS = "desde=2024-03-10&hasta=2026-03-10"


@pytest.fixture
def granja(db: None) -> Iterator[Mundo]:
    """Sin mirar al final si los libros cuadran: los saldos «tras» del llenado no pretenden nada."""
    with time_machine.travel(AHORA, tick=False):
        mundo = Mundo.crear()
        with scope(empresa=mundo.empresa):
            yield mundo


def test_ninguna_lista_recorre_una_tabla_que_crece(granja: Mundo, navegador: Navegador) -> None:
    llenar(granja, productos=40, lotes=20_000, movimientos=60_000)
    reservas.llenar(granja, productos=40, reservas=30_000)
    producto = Producto.objects.get(sku="V-3")
    Lote.objects.filter(saldo__gt=0, pk__in=Lote.objects.order_by("pk")[:400]).update(
        bloqueado=True, motivo_bloqueo="En revisión"
    )
    recorren = {}
    for ruta in (
        *("/lotes/", "/lotes/?orden=recientes", "/lotes/?estado=todos&orden=recientes"),
        *(f"/lotes/?estado={uno}" for uno in ("disponible", "por_vencer", "vencido", "agotado", "todos")),
        *("/lotes/?estado=bloqueado", "/lotes/?estado=todos&vence_desde=2026-04-01&vence_hasta=2026-04-02"),
        f"/lotes/?estado=todos&producto={producto.pk}",
        *(f"/lotes/?estado=todos&q={uno}" for uno in ("zzzz", "L-77", "V-3", "Alimento", "]C110L-8")),
        *("/movimientos/", f"/movimientos/?{ANIOS}", f"/movimientos/?{ANIOS}&producto={producto.pk}"),
        f"/movimientos/?{ANIOS}&tipo=devolucion_entrada",
        f"/movimientos/?{ANIOS}&modulo=nadie",
        "/trazabilidad/?q=L-77",
        *("/salidas/nueva/", "/salidas/nueva/?q=zzzz", "/salidas/nueva/?q=L-77", "/salidas/nueva/?q=V-3"),
        *("/salidas/nueva/?q=Alimento", f"/salidas/nueva/?q=n.º {producto.pk}", "/salidas/nueva/?q=]C110L-8"),
    ):
        planes = planes_de(partial(navegador.get, ruta), grandes=QUE_CRECEN)
        assert planes
        if recorridas := frozenset[str]().union(*(plan.recorridas for plan in planes)):
            recorren[ruta] = recorridas
    assert recorren == {}


def test_las_reservas_tampoco(granja: Mundo, navegador: Navegador) -> None:
    reservas.llenar(granja, productos=40, reservas=30_000)
    for consulta in ("", "?estado=todas", "?estado=todas&modulo=nadie"):
        for plan in planes_de(partial(navegador.get, f"/reservas/{consulta}"), grandes=QUE_CRECEN):
            assert plan.recorridas == frozenset(), consulta
