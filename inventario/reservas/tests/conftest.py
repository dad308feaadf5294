from inventario.movimientos.tests.conftest import mundo as mundo
