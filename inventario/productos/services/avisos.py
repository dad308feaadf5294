"""Contar afuera que un producto cambió."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import ProductoCambiado
from inventario.productos.models import Producto

_resumiendo: ContextVar[bool] = ContextVar("productos_en_resumen", default=False)


@contextmanager
def en_resumen() -> Iterator[None]:
    """Quien cambia muchos productos cuenta al final un solo hecho con todos, y no uno por cada uno."""
    ficha = _resumiendo.set(True)
    try:
        yield
    finally:
        _resumiendo.reset(ficha)


def avisar_cambio(producto: Producto) -> None:
    """Anota en la bandeja de salida que el producto se creó, cambió o se eliminó."""
    if not _resumiendo.get():
        registrar(producto.empresa, ProductoCambiado(producto=producto.pk))
