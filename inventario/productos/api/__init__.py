"""La API del catálogo: productos (E1–E5 del contrato), categorías, unidades y proveedores."""

from inventario.borde.rutas import Enrutador
from inventario.productos.api.catalogos import (
    ConjuntoDeCategorias,
    ConjuntoDeProveedores,
    ConjuntoDeUnidades,
)
from inventario.productos.api.productos import ConjuntoDeProductos

_enrutador = Enrutador()
_enrutador.register("productos", ConjuntoDeProductos, basename="productos")
_enrutador.register("categorias", ConjuntoDeCategorias, basename="categorias")
_enrutador.register("unidades", ConjuntoDeUnidades, basename="unidades")
_enrutador.register("proveedores", ConjuntoDeProveedores, basename="proveedores")

rutas = _enrutador.urls

__all__ = ["rutas"]
