"""La API del libro: E8–E10 del contrato, ajustes, traslados y reversos."""

from inventario.borde.rutas import ruta
from inventario.movimientos.api.operaciones import (
    Ajustes,
    Bloqueos,
    Desbloqueos,
    Despachos,
    Entradas,
    Reversos,
    Salidas,
    Traslados,
)

_ID = r"(?P<pk>[^/]+)"

rutas = [
    ruta("inventario/entradas", Entradas.as_view(), nombre="entradas"),
    ruta("inventario/salidas", Salidas.as_view(), nombre="salidas"),
    ruta("inventario/despachar", Despachos.as_view(), nombre="despachar"),
    ruta("inventario/ajustes", Ajustes.as_view(), nombre="ajustes"),
    ruta("inventario/traslados", Traslados.as_view(), nombre="traslados"),
    ruta(f"inventario/asientos/{_ID}/revertir", Reversos.as_view(), nombre="revertir"),
    ruta(f"inventario/lotes/{_ID}/bloquear", Bloqueos.as_view(), nombre="bloquear"),
    ruta(f"inventario/lotes/{_ID}/desbloquear", Desbloqueos.as_view(), nombre="desbloquear"),
]

__all__ = ["rutas"]
