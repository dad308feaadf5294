from __future__ import annotations

from collections.abc import Iterator

import pytest

from inventario.movimientos.tests.mundo import Mundo, comprobar_invariantes
from inventario.nucleo.empresa import en_empresa


@pytest.fixture
def mundo(db: None) -> Iterator[Mundo]:
    """Una empresa recién creada, ya dentro de ella; al terminar, sus libros tienen que cuadrar."""
    mundo = Mundo.crear()
    with en_empresa(mundo.empresa):
        yield mundo
        comprobar_invariantes()
