"""Escrituras del catálogo. Se llaman dentro de `en_empresa` y cada una exige su permiso."""

from inventario.productos.services.categorias import (
    CambiosDeCategoria,
    asegurar_categorias,
    crear_categoria,
    editar_categoria,
    eliminar_categoria,
)
from inventario.productos.services.modulos import asignar_modulo, quitar_modulo
from inventario.productos.services.productos import (
    CambiosDeProducto,
    crear_producto,
    desactivar_producto,
    editar_producto,
    eliminar_producto,
    eliminar_sin_historia,
    reactivar_producto,
    retirar_producto,
)
from inventario.productos.services.proveedores import CambiosDeProveedor, crear_proveedor, editar_proveedor
from inventario.productos.services.unidades import (
    CambiosDeUnidad,
    asegurar_unidades,
    crear_unidad,
    editar_unidad,
    eliminar_unidad,
    unidad_conocida,
    unidad_o_nueva,
    unidad_por_defecto,
)

__all__ = [
    "CambiosDeCategoria",
    "CambiosDeProducto",
    "CambiosDeProveedor",
    "CambiosDeUnidad",
    "asegurar_categorias",
    "asegurar_unidades",
    "asignar_modulo",
    "crear_categoria",
    "crear_producto",
    "crear_proveedor",
    "crear_unidad",
    "desactivar_producto",
    "editar_categoria",
    "editar_producto",
    "editar_proveedor",
    "editar_unidad",
    "eliminar_categoria",
    "eliminar_producto",
    "eliminar_sin_historia",
    "eliminar_unidad",
    "quitar_modulo",
    "reactivar_producto",
    "retirar_producto",
    "unidad_conocida",
    "unidad_o_nueva",
    "unidad_por_defecto",
]
