"""Artículos (§2.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.catalogo.esquemas.articulos import (
    LIMITE,
    LIMITE_POR_PAGINA,
    Articulo,
    ArticuloNuevo,
    CambioDeArticulo,
    Ficha,
    FiltroDeArticulos,
    ListaDeArticulos,
)
from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import ID, documentar
from inventario.biofloc.views import VistaBiofloc
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.existencias.disponibilidad import existencia_en
from inventario.existencias.lineas import movimientos_por_producto
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.errores import NoEncontrado
from inventario.productos import selectors, services
from inventario.productos.buscar import producto_vivo
from inventario.productos.errores import ProductoAtado
from inventario.productos.models import Producto

NO_HAY_ARTICULO = "Item not found"
ARTICULO = {
    "item_name": "Starter crumble 1.2",
    "sku": "CR-12",
    "category": "Fish Feed",
    "unit": "Kilogram",
    "default_price": 61,
    "reorder_threshold": "80",
    "min_stock_level": "120",
}
NOMBRES = {
    "nombre": "item_name",
    "sku": "sku",
    "precio": "default_price",
    "stock_minimo": "min_stock_level",
    "punto_reorden": "reorder_threshold",
    "unidad": "unit",
    "categoria": "category",
    "proveedor_id": "default_supplier_id",
}


class DeArticulos(VistaBiofloc):
    frases = {
        NoEncontrado: NO_HAY_ARTICULO,
        ProductoAtado: lambda error: (
            f"Item cannot be deleted: it has {error.datos['reservas']} pending reservations"
            if error.datos["reservas"]
            else "Item cannot be deleted: it has pending reservations in another store"
        ),
    }
    nombres = NOMBRES

    def articulo(self) -> Producto:
        producto = producto_vivo(self.entero_de_ruta("item_id", no_encontrado=NO_HAY_ARTICULO))
        if producto is None:
            raise Rechazo(404, NO_HAY_ARTICULO)
        return producto

    def responder(self, producto: Producto, *, estado: int = 200) -> Response:
        [ficha] = self.fichas([producto])
        return Response(Articulo(ficha).data, status=estado)

    def fichas(self, productos: Sequence[Producto]) -> list[Ficha]:
        ids = [producto.pk for producto in productos]
        fisicas = existencia_en(self.bodega().pk, ids)
        cuantos = movimientos_por_producto(ids, self.actor.alcance)
        return [Ficha(producto, fisicas[producto.pk], cuantos[producto.pk]) for producto in productos]

    def en_lo_nuestro(self, datos: Mapping[str, Any]) -> dict[str, Any]:
        """Cambia los nombres y resuelve lo que el cuerpo nombra; lo de otra empresa no existe."""
        nuestros: dict[str, Any] = {}
        for suyo, nuestro in (
            ("item_name", "nombre"),
            ("sku", "sku"),
            ("default_price", "precio"),
            ("reorder_threshold", "punto_reorden"),
            ("min_stock_level", "stock_minimo"),
            ("is_active", "activo"),
        ):
            if suyo in datos:
                nuestros[nuestro] = datos[suyo]
        if "unit" in datos:
            nuestros["unidad"] = services.unidad_o_nueva(self.actor.empresa, datos["unit"], campo="unit")
        if "category" in datos:
            nombre = datos["category"]
            nuestros["categoria"] = None if nombre is None else selectors.categoria_llamada(nombre)
            if nombre is not None and nuestros["categoria"] is None:
                raise Rechazo(400, f"Category '{nombre}' does not exist")
        if "default_supplier_id" in datos:
            pk = datos["default_supplier_id"]
            nuestros["proveedor"] = None if pk is None else selectors.proveedor_por_id(pk)
            if pk is not None and nuestros["proveedor"] is None:
                raise Rechazo(400, f"Supplier {pk} does not exist")
        return nuestros


class Articulos(DeArticulos):
    permisos = {"GET": Permiso.VER, "POST": Permiso.CATALOGAR}

    @documentar(
        "List items",
        nombre="biofloc_items_list",
        grupo="items",
        exito={200: ListaDeArticulos},
        consulta=FiltroDeArticulos,
        errores=(400,),
    )
    def get(self, request: Request) -> Response:
        filtro = leer_consulta(FiltroDeArticulos, request)
        pagina = filtro.get("page", 1)
        # El cliente pide la lista una vez, sin página, y con eso llena todas sus pantallas (D37).
        limite = filtro.get("limit", LIMITE_POR_PAGINA if "page" in filtro else LIMITE)
        productos = selectors.productos_listados(
            categoria=filtro.get("category", ""), activo=filtro.get("is_active")
        )
        total = productos.count()
        desde = (pagina - 1) * limite
        fichas = self.fichas(list(productos[desde : desde + limite]) if desde < total else [])
        return Response(
            {"items": Articulo(fichas, many=True).data, "total": total, "page": pagina, "limit": limite}
        )

    @documentar(
        "Create an item",
        nombre="biofloc_items_create",
        grupo="items",
        exito={201: Articulo},
        peticion=ArticuloNuevo,
        errores=(400,),
        con_clave=True,
        ejemplo=ARTICULO,
    )
    def post(self, request: Request) -> Response:
        datos = {"sku": None, "stock_minimo": CERO, **self.en_lo_nuestro(leer_cuerpo(ArticuloNuevo, request))}
        return self.responder(services.crear_producto(actor=self.actor, **datos), estado=201)


class UnArticulo(DeArticulos):
    permisos = {"GET": Permiso.VER, "PUT": Permiso.CATALOGAR, "DELETE": Permiso.ELIMINAR}

    @documentar(
        "Get one item",
        nombre="biofloc_items_get",
        grupo="items",
        exito={200: Articulo},
        errores=(400, 404),
        ids={"item_id": ID},
    )
    def get(self, request: Request, item_id: str) -> Response:
        return self.responder(self.articulo())

    @documentar(
        "Update an item: only what is sent; null clears what can be empty",
        nombre="biofloc_items_update",
        grupo="items",
        exito={200: Articulo},
        peticion=CambioDeArticulo,
        errores=(400, 404),
        ids={"item_id": ID},
        ejemplo={"is_active": True},
    )
    def put(self, request: Request, item_id: str) -> Response:
        datos = leer_cuerpo(CambioDeArticulo, request)
        producto = self.articulo()
        if not datos:
            raise Rechazo(400, "No fields to update")
        cambios: Any = self.en_lo_nuestro(datos)
        return self.responder(services.editar_producto(actor=self.actor, producto=producto, cambios=cambios))

    @documentar(
        "Deactivate an item without stock",
        nombre="biofloc_items_delete",
        grupo="items",
        exito={204: None},
        errores=(400, 404),
        ids={"item_id": ID},
        escribe=True,
    )
    def delete(self, request: Request, item_id: str) -> Response:
        services.retirar_producto(actor=self.actor, producto=self.articulo())
        return Response(status=204)


class ArticuloParaSiempre(DeArticulos):
    permisos = {"DELETE": Permiso.ELIMINAR}

    @documentar(
        "Delete an inactive item that was never moved",
        nombre="biofloc_items_delete_permanent",
        grupo="items",
        exito={204: None},
        errores=(400, 404),
        ids={"item_id": ID},
        escribe=True,
    )
    def delete(self, request: Request, item_id: str) -> Response:
        services.eliminar_sin_historia(actor=self.actor, producto=self.articulo())
        return Response(status=204)
