"""El libro en la administración: se lee entero y solo se escribe por los verbos de siempre."""

from inventario.movimientos.admin.asientos import AsientoAdmin, MovimientoAdmin
from inventario.movimientos.admin.existencias import ApartadoAdmin, ExistenciaAdmin, ImportacionAdmin
from inventario.movimientos.admin.lotes import LoteConVerbosAdmin

__all__ = [
    "ApartadoAdmin",
    "AsientoAdmin",
    "ExistenciaAdmin",
    "ImportacionAdmin",
    "LoteConVerbosAdmin",
    "MovimientoAdmin",
]
