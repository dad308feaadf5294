"""La API del libro: E8–E10 del contrato, ajustes, traslados, reversos y sus lecturas."""

from inventario.borde.rutas import Enrutador, ruta
from inventario.movimientos.api.consultas import (
    ConjuntoDeAsientos,
    ConjuntoDeExistencias,
    ConjuntoDeMovimientos,
    VistaPrevia,
)
from inventario.movimientos.api.kardex import KardexDeLote, KardexDeProducto
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
_enrutador = Enrutador()
_enrutador.register("inventario/movimientos", ConjuntoDeMovimientos, basename="movimientos")
_enrutador.register("inventario/asientos", ConjuntoDeAsientos, basename="asientos")
_enrutador.register("inventario/existencias", ConjuntoDeExistencias, basename="existencias")

rutas = [
    ruta("inventario/entradas", Entradas.as_view(), nombre="entradas"),
    ruta("inventario/salidas", Salidas.as_view(), nombre="salidas"),
    ruta("inventario/despachar", Despachos.as_view(), nombre="despachar"),
    ruta("inventario/despachar/vista-previa", VistaPrevia.as_view(), nombre="vista-previa"),
    ruta("inventario/ajustes", Ajustes.as_view(), nombre="ajustes"),
    ruta("inventario/traslados", Traslados.as_view(), nombre="traslados"),
    ruta(f"inventario/asientos/{_ID}/revertir", Reversos.as_view(), nombre="revertir"),
    ruta(f"inventario/lotes/{_ID}/bloquear", Bloqueos.as_view(), nombre="bloquear"),
    ruta(f"inventario/lotes/{_ID}/desbloquear", Desbloqueos.as_view(), nombre="desbloquear"),
    ruta(f"inventario/lotes/{_ID}/kardex", KardexDeLote.as_view(), nombre="kardex-de-lote"),
    ruta(f"productos/{_ID}/kardex", KardexDeProducto.as_view(), nombre="kardex-de-producto"),
    *_enrutador.urls,
]

__all__ = ["rutas"]
