"""Rutas que responden con o sin barra final, sin redirigir (un 301 haría perder el cuerpo del POST)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet


class _Enrutador(SimpleRouter):
    def __init__(self) -> None:
        super().__init__()
        # El constructor vuelve «/» cualquier valor verdadero: la barra opcional se pone después.
        self.trailing_slash = "/?"


def ruta(patron: str, vista: Callable[..., HttpResponseBase], *, nombre: str) -> URLPattern:
    """Devuelve la ruta de una vista suelta; `patron` es una expresión sin `^`, sin `$` y sin barra final."""
    return re_path(rf"^{patron}/?$", vista, name=nombre)


def conjunto(
    prefijo: str, vistas: type[GenericViewSet[Any]], *, nombre: str
) -> list[URLPattern | URLResolver]:
    """Devuelve las rutas de un conjunto de vistas: la lista, cada uno y lo que se hace con él."""
    enrutador = _Enrutador()
    enrutador.register(prefijo, vistas, basename=nombre)
    return enrutador.urls


def sin_barra_final(
    endpoints: Sequence[tuple[str, Any, Any, Any]], **_: Any
) -> list[tuple[str, Any, Any, Any]]:
    """En el esquema, cada operación figura una vez y sin la barra opcional."""
    return [(camino.rstrip("/"), *resto) for camino, *resto in endpoints]
