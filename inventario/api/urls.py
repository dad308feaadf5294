"""Todas las direcciones de la API.

Cada `<app>/api.py` trae sus vistas y una lista `rutas`; aquí se reúnen. Lo que no exista bajo
`/api/` también responde con el sobre de error.
"""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from inventario.alertas import api as alertas
from inventario.api.documentos import Documentacion, Esquema
from inventario.borde.rutas import ruta
from inventario.existencias import api as existencias
from inventario.lotes import api as lotes
from inventario.movimientos import api as movimientos
from inventario.productos import api as productos
from inventario.reportes import api as reportes
from inventario.reservas import api as reservas

app_name = "api"


class Desconocida(APIView):
    """Lo que no existe, no existe para nadie: ni pide credencial ni mira el método."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.headers = {}
        self.request = self.initialize_request(request, *args, **kwargs)
        respuesta = self.handle_exception(NotFound("Esa dirección no existe."))
        return self.finalize_response(self.request, respuesta, *args, **kwargs)


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
