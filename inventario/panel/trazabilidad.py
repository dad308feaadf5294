"""Página de trazabilidad (por escribir)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from inventario.cuentas.permisos import Permiso
from inventario.panel.comun import pagina


@pagina(Permiso.VER)
def trazabilidad(request: HttpRequest) -> HttpResponse:
    return render(request, "panel/por_escribir.html", {"nombre": "trazabilidad"})


rutas = [path("trazabilidad/", trazabilidad, name="trazabilidad")]
