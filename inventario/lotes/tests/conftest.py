"""Un lote solo existe por el libro: estas pruebas usan la misma granja que las suyas."""

from inventario.movimientos.tests.api.conftest import ajeno, cliente, granja  # noqa: F401  # son fixtures
