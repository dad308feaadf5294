"""La API de lo que hay: existencias, vista previa y kárdex, y las lecturas del libro."""

from inventario.borde.rutas import Enrutador, ruta
from inventario.existencias.api.consultas import (
    ConjuntoDeAsientos,
    ConjuntoDeExistencias,
    ConjuntoDeMovimientos,
    VistaPrevia,
)
from inventario.existencias.api.kardex import KardexDeLote, KardexDeProducto

_ID = r"(?P<pk>[^/]+)"
_enrutador = Enrutador()
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
