"""La misma granja que las pruebas del libro."""

from inventario.movimientos.tests.conftest import mundo as mundo
