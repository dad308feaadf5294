"""Lo que la base niega de la auditoría."""

from __future__ import annotations

import pytest

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.auditoria.services import anotar
from inventario.cuentas.models import Empresa
from inventario.nucleo.tests.restricciones import la_base_niega, solo_se_agrega


@pytest.fixture
def filas_validas(alcance: Empresa) -> None:
    anotar(actor=None, empresa=alcance, hecho=Hecho.BODEGA_CREADA, sobre=alcance)


test_la_base_niega = la_base_niega(solo_se_agrega(Anotacion))
