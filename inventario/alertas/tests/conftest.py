"""Las mismas fixtures que el libro: una alerta solo existe por lo que él asienta."""

from inventario.movimientos.tests.api.conftest import ajeno, cliente, granja  # noqa: F401  # son fixtures
from inventario.movimientos.tests.conftest import mundo  # noqa: F401  # ídem
