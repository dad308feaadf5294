"""Catálogo: qué se guarda, en qué unidad, de qué categoría y de qué proveedor."""

from inventario.productos.models.categorias import Categoria
from inventario.productos.models.modulos import ModuloDeProducto
from inventario.productos.models.productos import Producto
from inventario.productos.models.proveedores import Proveedor
from inventario.productos.models.unidades import Unidad

__all__ = ["Categoria", "ModuloDeProducto", "Producto", "Proveedor", "Unidad"]
