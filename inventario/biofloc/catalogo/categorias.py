"""Categorías (§2.3)."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.catalogo.esquemas.categorias import (
    CambioDeCategoria,
    Categoria,
    CategoriaNueva,
    ListaDeCategorias,
)
from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import ID, documentar
from inventario.biofloc.listas import PaginaOpcional, recortar
from inventario.biofloc.views import VistaBiofloc
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.errores import NoEncontrado
from inventario.productos import selectors, services
from inventario.productos.errores import NombreDuplicado, TieneDependencias

NO_HAY_CATEGORIA = "Category not found"


class DeCategorias(VistaBiofloc):
    frases = {
        NoEncontrado: NO_HAY_CATEGORIA,
        NombreDuplicado: "A category with this name already exists",
        TieneDependencias: lambda error: (
            f"Category cannot be deleted: {error.datos['productos']} items "
            f"and {error.datos['categorias']} categories use it"
        ),
    }
    nombres = {"nombre": "category_name", "descripcion": "description"}

    def categoria(self) -> Any:
        pk = self.entero_de_ruta("category_id", no_encontrado=NO_HAY_CATEGORIA)
        categoria = selectors.categorias_con_uso().filter(pk=pk).first()
        if categoria is None:
            raise Rechazo(404, NO_HAY_CATEGORIA)
        return categoria

    def responder(self, pk: int, *, estado: int = 200) -> Response:
        return Response(Categoria(selectors.categorias_con_uso().get(pk=pk)).data, status=estado)


class Categorias(DeCategorias):
    permisos = {"GET": Permiso.VER, "POST": Permiso.CATALOGAR}

    @documentar(
        "List categories",
        nombre="biofloc_categories_list",
        grupo="categories",
        exito={200: ListaDeCategorias},
        consulta=PaginaOpcional,
    )
    def get(self, request: Request) -> Response:
        categorias = list(selectors.categorias_con_uso())
        pagina = recortar(categorias, leer_consulta(PaginaOpcional, request))
        return Response({"categories": Categoria(pagina, many=True).data})

    @documentar(
        "Create a category",
        nombre="biofloc_categories_create",
        grupo="categories",
        exito={201: Categoria},
        peticion=CategoriaNueva,
        errores=(400,),
        con_clave=True,
        ejemplo={"category_name": "Probiotics", "description": ""},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(CategoriaNueva, request)
        categoria = services.crear_categoria(
            actor=self.actor, nombre=datos["category_name"], descripcion=datos.get("description") or ""
        )
        return self.responder(categoria.pk, estado=201)


class UnaCategoria(DeCategorias):
    permisos = {"PUT": Permiso.CATALOGAR, "DELETE": Permiso.ELIMINAR}

    @documentar(
        "Rename or describe a category; its items follow",
        nombre="biofloc_categories_update",
        grupo="categories",
        exito={200: Categoria},
        peticion=CambioDeCategoria,
        errores=(400, 404),
        ids={"category_id": ID},
        ejemplo={"category_name": "Fish Feed (pellets)"},
    )
    def put(self, request: Request, category_id: str) -> Response:
        datos = leer_cuerpo(CambioDeCategoria, request)
        categoria = self.categoria()
        if not datos:
            raise Rechazo(400, "No fields to update")
        cambios: services.CambiosDeCategoria = {}
        if "category_name" in datos:
            cambios["nombre"] = datos["category_name"]
        if "description" in datos:
            cambios["descripcion"] = datos["description"] or ""
        services.editar_categoria(actor=self.actor, categoria=categoria, cambios=cambios)
        return self.responder(categoria.pk)

    @documentar(
        "Delete a category no item uses",
        nombre="biofloc_categories_delete",
        grupo="categories",
        exito={204: None},
        errores=(400, 404),
        ids={"category_id": ID},
        escribe=True,
    )
    def delete(self, request: Request, category_id: str) -> Response:
        services.eliminar_categoria(actor=self.actor, categoria=self.categoria())
        return Response(status=204)
