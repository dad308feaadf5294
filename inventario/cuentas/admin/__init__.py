"""La administración de empresas, personas y claves, y lo que comparte con las de las demás apps."""

from inventario.cuentas.admin import auditoria as auditoria
from inventario.cuentas.admin import claves as claves
from inventario.cuentas.admin import empresas as empresas
from inventario.cuentas.admin import invitaciones as invitaciones
from inventario.cuentas.admin import personas as personas
