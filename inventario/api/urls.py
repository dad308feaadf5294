"""El mapa entero de la API: cada dirección y quién la atiende.

Lo que se hace con uno de un conjunto (`@action`) lo dice su vista. Lo que no exista bajo `/api/` también
responde con el sobre de error.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from inventario.alertas.api import ConjuntoDeAlertas
from inventario.api.documentos import Documentacion, Esquema
from inventario.borde.rutas import conjunto, ruta
from inventario.borde.views import Desconocida
from inventario.existencias.api.asientos import ConjuntoDeAsientos
from inventario.existencias.api.existencias import ConjuntoDeExistencias
from inventario.existencias.api.kardex import KardexDeLote, KardexDeProducto
from inventario.existencias.api.movimientos import ConjuntoDeMovimientos
from inventario.existencias.api.productos import ConjuntoDeProductos
from inventario.existencias.api.vista_previa import VistaPrevia
from inventario.lotes.api import ConjuntoDeLotes
from inventario.movimientos.api import operaciones
from inventario.productos.api import catalogos
from inventario.reportes.api import exportaciones
from inventario.reportes.api.indice import VISTAS as REPORTES
from inventario.reservas.api import ConjuntoDeReservas

app_name = "api"

PK = r"(?P<pk>[^/]+)"

v1: list[URLPattern | URLResolver] = [
    # Catálogos.
    *conjunto("categorias", catalogos.ConjuntoDeCategorias, nombre="categorias"),
    *conjunto("unidades", catalogos.ConjuntoDeUnidades, nombre="unidades"),
    *conjunto("proveedores", catalogos.ConjuntoDeProveedores, nombre="proveedores"),
    # Lotes.
    *conjunto("inventario/lotes", ConjuntoDeLotes, nombre="lotes"),
    # Movimientos: lo que se asienta.
    ruta("inventario/entradas", operaciones.Entradas.as_view(), nombre="entradas"),
    ruta("inventario/salidas", operaciones.Salidas.as_view(), nombre="salidas"),
    ruta("inventario/despachar", operaciones.Despachos.as_view(), nombre="despachar"),
    ruta("inventario/ajustes", operaciones.Ajustes.as_view(), nombre="ajustes"),
    ruta("inventario/traslados", operaciones.Traslados.as_view(), nombre="traslados"),
    ruta(f"inventario/asientos/{PK}/revertir", operaciones.Reversos.as_view(), nombre="revertir"),
    ruta(f"inventario/lotes/{PK}/bloquear", operaciones.Bloqueos.as_view(), nombre="bloquear"),
    ruta(f"inventario/lotes/{PK}/desbloquear", operaciones.Desbloqueos.as_view(), nombre="desbloquear"),
    # Existencias: lo que hay, y las lecturas del libro.
    ruta("inventario/despachar/vista-previa", VistaPrevia.as_view(), nombre="vista-previa"),
    ruta(f"inventario/lotes/{PK}/kardex", KardexDeLote.as_view(), nombre="kardex-de-lote"),
    ruta(f"productos/{PK}/kardex", KardexDeProducto.as_view(), nombre="kardex-de-producto"),
    *conjunto("productos", ConjuntoDeProductos, nombre="productos"),
    *conjunto("inventario/movimientos", ConjuntoDeMovimientos, nombre="movimientos"),
    *conjunto("inventario/asientos", ConjuntoDeAsientos, nombre="asientos"),
    *conjunto("inventario/existencias", ConjuntoDeExistencias, nombre="existencias"),
    # Reservas.
    *conjunto("reservas", ConjuntoDeReservas, nombre="reservas"),
    # Alertas.
    *conjunto("alertas", ConjuntoDeAlertas, nombre="alertas"),
    # Reportes: cada uno con su nombre, y los que se encargan.
    *(ruta(f"reportes/{uno.clave}", uno.as_view(), nombre=f"reporte-{uno.clave}") for uno in REPORTES),
    ruta("reportes/exportaciones", exportaciones.Exportaciones.as_view(), nombre="exportaciones"),
    ruta(f"reportes/exportaciones/{PK}", exportaciones.UnaExportacion.as_view(), nombre="exportacion"),
    ruta(
        f"reportes/exportaciones/{PK}/archivo",
        exportaciones.ArchivoDeExportacion.as_view(),
        nombre="archivo-de-exportacion",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(v1)),
    ruta("v1/schema", Esquema.as_view(), nombre="esquema"),
    ruta("docs", Documentacion.as_view(), nombre="documentacion"),
    re_path(r"^.*$", Desconocida.as_view(), name="desconocida"),
]
