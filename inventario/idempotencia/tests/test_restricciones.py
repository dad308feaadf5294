"""Lo que la base niega de las respuestas guardadas: es lo que impide mover dos veces."""

from __future__ import annotations

import pytest

from inventario.idempotencia.models import RespuestaGuardada
from inventario.idempotencia.services import Respuesta, una_vez
from inventario.nucleo.actores import Actor
from inventario.nucleo.tests.restricciones import agregar, la_base_niega


@pytest.fixture
def filas_validas(actor: Actor) -> None:
    hecha = Respuesta(201, "{}", "application/json")
    una_vez(actor=actor, clave="k-1", huella="x", ejecutar=lambda: hecha)


test_la_base_niega = la_base_niega({"idempotencia_clave_unica": [agregar(RespuestaGuardada)]})
