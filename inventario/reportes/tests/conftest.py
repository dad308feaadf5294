from __future__ import annotations

from inventario.movimientos.tests.api.conftest import ajeno, cliente, granja
from inventario.movimientos.tests.conftest import mundo

__all__ = ["ajeno", "cliente", "granja", "mundo"]
