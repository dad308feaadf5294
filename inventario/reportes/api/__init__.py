"""La API de los reportes: E13–E16 del contrato, los nuevos y las exportaciones."""

from inventario.borde.rutas import ruta
from inventario.reportes.api.exportaciones import ArchivoDeExportacion, Exportaciones, UnaExportacion
from inventario.reportes.api.indice import VISTAS

_ID = r"(?P<pk>[^/]+)"

rutas = [
    *(ruta(f"reportes/{vista.clave}", vista.as_view(), nombre=f"reporte-{vista.clave}") for vista in VISTAS),
    ruta("reportes/exportaciones", Exportaciones.as_view(), nombre="exportaciones"),
    ruta(f"reportes/exportaciones/{_ID}", UnaExportacion.as_view(), nombre="exportacion"),
    ruta(
        f"reportes/exportaciones/{_ID}/archivo",
        ArchivoDeExportacion.as_view(),
        nombre="archivo-de-exportacion",
    ),
]

__all__ = ["rutas"]
