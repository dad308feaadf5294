"""La administración de empresas, personas y claves, y lo que comparte con las de las demás apps."""

from inventario.cuentas.admin import cuentas as cuentas
