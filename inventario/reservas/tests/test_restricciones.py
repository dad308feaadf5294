"""Lo que la base niega de una reserva."""

from __future__ import annotations

import pytest

from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.nucleo.tests.restricciones import cambiar, la_base_niega
from inventario.reservas.models import Reserva
from inventario.reservas.services import reservar


@pytest.fixture
def filas_validas(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    reservar(actor=mundo.actor, producto=producto, bodega=mundo.bodega, cantidad=cant(3), reloj=mundo.reloj)


test_la_base_niega = la_base_niega(
    {
        "reserva_resuelta_por_alguien": [
            cambiar(Reserva, resuelta_en="creada_en"),
            cambiar(Reserva, resuelta_por_id="creada_por_id"),
        ],
    }
)
