"""La empresa y su gente."""

from inventario.cuentas.models.claves import ClaveApi
from inventario.cuentas.models.empresas import Bodega, Empresa
from inventario.cuentas.models.personas import Membresia, Usuario

__all__ = ["Bodega", "ClaveApi", "Empresa", "Membresia", "Usuario"]
