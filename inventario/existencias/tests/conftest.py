"""La misma granja que las pruebas del libro, por dentro y por la API."""

from inventario.movimientos.tests.api.conftest import ajeno as ajeno
from inventario.movimientos.tests.api.conftest import cliente as cliente
from inventario.movimientos.tests.api.conftest import granja as granja
from inventario.movimientos.tests.conftest import mundo as mundo
