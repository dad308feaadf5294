"""La API del catálogo: categorías, unidades y proveedores. La del producto dice cuánto hay: está arriba."""

from inventario.borde.rutas import Enrutador
from inventario.productos.api.catalogos import (
    ConjuntoDeCategorias,
    ConjuntoDeProveedores,
    ConjuntoDeUnidades,
)

_enrutador = Enrutador()
_enrutador.register("categorias", ConjuntoDeCategorias, basename="categorias")
_enrutador.register("unidades", ConjuntoDeUnidades, basename="unidades")
_enrutador.register("proveedores", ConjuntoDeProveedores, basename="proveedores")

rutas = _enrutador.urls

__all__ = ["rutas"]
