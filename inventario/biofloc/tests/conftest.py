"""La granja de los ejemplos, para las pruebas del contrato."""

from __future__ import annotations

import pytest

from inventario.biofloc.tests.mundo_de_ejemplo import Granja, armar
from inventario.cuentas.models import Empresa
from inventario.nucleo.tests.mundo import ClienteApi


@pytest.fixture
def granja(empresa: Empresa, cliente_api: ClienteApi) -> Granja:
    return armar(empresa, cliente_api)
