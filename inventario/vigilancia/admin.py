"""Qué hicieron las tareas que corren solas. Solo se mira."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.lectura import AdminDeLectura, instante
from inventario.cuentas.models import Usuario
from inventario.eventos.models import Comprobacion, Corrida


@admin.register(Comprobacion)
class ComprobacionAdmin(AdminDeLectura):
    bodega_en = ""
    list_display = ("empezo", "cuadran", "diferencias", "tardo")
    fields = ("empezo_en", "termino_en", "cuadran", "diferencias", "detalle")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        campos = super().get_fields(request, obj)
        # El detalle nombra lo que no cuadra, esté en la bodega que esté.
        return [una for una in campos if una != "detalle" or not actor_de(request).alcance.limitado]

    @admin.display(description="empezó", ordering="empezo_en")
    def empezo(self, comprobacion: Comprobacion) -> str:
        return instante(comprobacion.empezo_en)

    @admin.display(description="cuadran", boolean=True)
    def cuadran(self, comprobacion: Comprobacion) -> bool:
        return comprobacion.cuadran

    @admin.display(description="tardó (s)")
    def tardo(self, comprobacion: Comprobacion) -> str:
        return _segundos(comprobacion)


@admin.register(Corrida)
class CorridaAdmin(AdminDeLectura):
    """De todo el sistema y no de una empresa: el detalle puede nombrar a varias."""

    bodega_en = ""
    list_display = ("trabajo", "empezo", "bien", "tardo", "detalle")
    fields = ("trabajo", "empezo_en", "termino_en", "bien", "detalle")

    def puede(self, request: HttpRequest, permiso: str | None) -> bool:
        return permiso is not None and isinstance(request.user, Usuario) and request.user.is_superuser

    @admin.display(description="empezó", ordering="empezo_en")
    def empezo(self, corrida: Corrida) -> str:
        return instante(corrida.empezo_en)

    @admin.display(description="tardó (s)")
    def tardo(self, corrida: Corrida) -> str:
        return _segundos(corrida)


def _segundos(fila: Any) -> str:
    return f"{(fila.termino_en - fila.empezo_en).total_seconds():.1f}"
