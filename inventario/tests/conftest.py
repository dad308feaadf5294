from __future__ import annotations

import pytest

from inventario.movimientos.tests.mundo import Mundo


@pytest.fixture
def mundo(transactional_db: None) -> Mundo:
    """Una empresa guardada de verdad: otras conexiones la ven."""
    return Mundo.crear()
