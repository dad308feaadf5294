"""La API de lo que hay: los productos con sus cantidades (E1–E5), el kárdex y las lecturas del libro."""

from inventario.borde.rutas import Enrutador, ruta
from inventario.existencias.api.asientos import ConjuntoDeAsientos
from inventario.existencias.api.existencias import ConjuntoDeExistencias
from inventario.existencias.api.kardex import KardexDeLote, KardexDeProducto
from inventario.existencias.api.movimientos import ConjuntoDeMovimientos
from inventario.existencias.api.productos import ConjuntoDeProductos
from inventario.existencias.api.vista_previa import VistaPrevia

_ID = r"(?P<pk>[^/]+)"
_enrutador = Enrutador()
_enrutador.register("productos", ConjuntoDeProductos, basename="productos")
_enrutador.register("inventario/movimientos", ConjuntoDeMovimientos, basename="movimientos")
_enrutador.register("inventario/asientos", ConjuntoDeAsientos, basename="asientos")
_enrutador.register("inventario/existencias", ConjuntoDeExistencias, basename="existencias")

rutas = [
    ruta("inventario/despachar/vista-previa", VistaPrevia.as_view(), nombre="vista-previa"),
    ruta(f"inventario/lotes/{_ID}/kardex", KardexDeLote.as_view(), nombre="kardex-de-lote"),
    ruta(f"productos/{_ID}/kardex", KardexDeProducto.as_view(), nombre="kardex-de-producto"),
    *_enrutador.urls,
]

__all__ = ["rutas"]
