"""Todas las direcciones de la API.

Cada `<app>/api.py` trae sus vistas y una lista `rutas`; aquí se reúnen. Lo que no exista bajo
`/api/` también responde con el sobre de error.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from inventario.alertas import api as alertas
from inventario.api.documentos import Documentacion, Esquema
from inventario.borde.rutas import ruta
from inventario.borde.views import Desconocida
from inventario.existencias import api as existencias
from inventario.lotes import api as lotes
from inventario.movimientos import api as movimientos
from inventario.productos import api as productos
from inventario.reportes import api as reportes
from inventario.reservas import api as reservas

app_name = "api"

v1: list[URLPattern | URLResolver] = [
    *productos.rutas,
    *lotes.rutas,
    *movimientos.rutas,
    *existencias.rutas,
    *reservas.rutas,
    *alertas.rutas,
    *reportes.rutas,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(v1)),
    ruta("v1/schema", Esquema.as_view(), nombre="esquema"),
    ruta("docs", Documentacion.as_view(), nombre="documentacion"),
    re_path(r"^.*$", Desconocida.as_view(), name="desconocida"),
]
