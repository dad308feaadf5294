from inventario.movimientos.tests.api.conftest import ajeno as ajeno
from inventario.movimientos.tests.api.conftest import cliente as cliente
from inventario.movimientos.tests.api.conftest import granja as granja
from inventario.movimientos.tests.conftest import mundo as mundo
