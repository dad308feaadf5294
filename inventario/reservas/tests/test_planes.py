"""La lista de reservas de todos los días entra por su índice aunque haya años de ellas (en PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from inventario.movimientos.models import Apartado
from inventario.movimientos.tests.mundo import Mundo
from inventario.movimientos.tests.volumen import planes_de
from inventario.nucleo.empresa import en_empresa
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva
from inventario.reservas.querysets import ReservaQuerySet
from inventario.reservas.tests.volumen import GRANDES, llenar

pytestmark = pytest.mark.postgresql


@pytest.fixture
def lleno(db: None) -> Iterator[Mundo]:
    mundo = Mundo.crear()
    with en_empresa(mundo.empresa):
        llenar(mundo, productos=40, reservas=30_000)
        yield mundo


def _pagina(filas: ReservaQuerySet) -> object:
    return list(filas.con_detalle().recientes_primero()[:100])


# Por qué índices puede entrar la lista de cada estado, y qué puede recorrer entero. Canceladas y vencidas son
# cientos: a esta escala al planificador le da casi igual por dónde hallar el papel de cada una.
PLANES: dict[EstadoReserva | None, tuple[set[str], set[str]]] = {
    EstadoReserva.PENDIENTE: ({"apartado_por_vencer"}, set()),
    EstadoReserva.CONFIRMADA: ({"reserva_recientes"}, set()),
    EstadoReserva.CANCELADA: ({"apartado_sin_usar", "reserva_recientes"}, {"reservas_reserva"}),
    EstadoReserva.VENCIDA: ({"apartado_sin_usar", "reserva_recientes"}, {"reservas_reserva"}),
    None: ({"reserva_recientes"}, set()),
}


def test_la_lista_de_cada_estado_entra_por_su_indice(lleno: Mundo) -> None:
    for estado, (indices, recorridas) in PLANES.items():
        filas = Reserva.objects.all()
        if estado is not None:
            filas = filas.en_estado(estado, lleno.reloj.ahora)
        [plan] = planes_de(partial(_pagina, filas), grandes=GRANDES)
        assert indices & plan.indices, estado
        assert plan.recorridas <= recorridas, estado


def test_contar_las_pendientes_y_hallar_las_que_pasaron_su_hora_no_recorre_nada(lleno: Mundo) -> None:
    ahora = lleno.reloj.ahora
    pasadas = Apartado.objects.vigentes().filter(vence_en__lte=ahora)
    for hacer in (
        Reserva.objects.en_estado(EstadoReserva.PENDIENTE, ahora).count,
        lambda: list(pasadas.values_list("producto_id", "bodega_id")),
    ):
        [plan] = planes_de(hacer, grandes=GRANDES)
        assert ("apartado_por_vencer" in plan.indices, plan.recorridas) == (True, frozenset())
