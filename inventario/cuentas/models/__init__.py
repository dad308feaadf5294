"""La empresa y su gente."""

from inventario.cuentas.models.claves import ClaveApi, UsoDeClave
from inventario.cuentas.models.empresas import Bodega, Empresa
from inventario.cuentas.models.invitaciones import Invitacion
from inventario.cuentas.models.personas import Membresia, Tema, Usuario
from inventario.cuentas.models.recuperaciones import PedidoDeRecuperacion
from inventario.cuentas.models.sesiones import Sesion, SesionWeb

__all__ = [
    "Bodega",
    "ClaveApi",
    "Empresa",
    "Invitacion",
    "Membresia",
    "PedidoDeRecuperacion",
    "Sesion",
    "SesionWeb",
    "Tema",
    "UsoDeClave",
    "Usuario",
]
