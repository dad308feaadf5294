"""El libro: asientos, movimientos, existencias y apartados."""

from inventario.movimientos.models.apartados import Apartado
from inventario.movimientos.models.asientos import Asiento
from inventario.movimientos.models.existencias import Existencia
from inventario.movimientos.models.importaciones import Importacion
from inventario.movimientos.models.movimientos import Movimiento
from inventario.movimientos.models.tipos import Motivo, TipoAsiento, TipoMovimiento

__all__ = [
    "Apartado",
    "Asiento",
    "Existencia",
    "Importacion",
    "Motivo",
    "Movimiento",
    "TipoAsiento",
    "TipoMovimiento",
]
