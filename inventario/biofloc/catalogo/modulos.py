"""Qué artículos usa cada módulo (§2.11)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.catalogo.esquemas.modulos import (
    ArticuloDeModulo,
    Asignacion,
    AsignacionNueva,
    FichaDeModulo,
    ListaDeArticulosDeModulo,
    ListaDeAsignaciones,
)
from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import ID, TEXTO, documentar
from inventario.biofloc.listas import PaginaOpcional, recortar
from inventario.biofloc.views import VistaBiofloc
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.existencias.disponibilidad import existencia_en
from inventario.nucleo.cantidades import en_numero
from inventario.nucleo.errores import NoEncontrado
from inventario.productos import selectors, services

NO_HAY_ARTICULO = "Item not found"
NO_ASIGNADO = "Item is not mapped to this module"


class ArticulosDelModulo(VistaBiofloc):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "List the active items of a module",
        nombre="biofloc_module_items",
        grupo="modules",
        exito={200: ListaDeArticulosDeModulo},
        consulta=PaginaOpcional,
        errores=(400,),
        ids={"module": TEXTO},
    )
    def get(self, request: Request, module: str) -> Response:
        filtro = leer_consulta(PaginaOpcional, request)
        todos = list(selectors.asignados_al_modulo(self.texto_de_ruta("module")))
        pagina = recortar(todos, filtro)
        fisicas = existencia_en(self.bodega().pk, [fila.producto_id for fila in pagina])
        fichas = [FichaDeModulo(asignado, fisicas[asignado.producto_id]) for asignado in pagina]
        return Response({"items": ArticuloDeModulo(fichas, many=True).data, "total": len(todos)})


class ModulosDelArticulo(VistaBiofloc):
    permisos = {"GET": Permiso.VER, "POST": Permiso.CATALOGAR}
    frases = {NoEncontrado: NO_HAY_ARTICULO}
    nombres = {"modulo": "module_name", "ajustes": "custom_settings"}

    @documentar(
        "List the modules of an item",
        nombre="biofloc_item_modules_list",
        grupo="modules",
        exito={200: ListaDeAsignaciones},
        ids={"item_id": ID},
        errores=(404,),
    )
    def get(self, request: Request, item_id: str) -> Response:
        pk = self.entero_de_ruta("item_id", no_encontrado=NO_HAY_ARTICULO)
        asignaciones = list(selectors.modulos_de(pk))
        return Response({"mappings": Asignacion(asignaciones, many=True).data, "total": len(asignaciones)})

    @documentar(
        "Map an item to a module, or change its mapping",
        nombre="biofloc_item_modules_create",
        grupo="modules",
        exito={201: Asignacion},
        peticion=AsignacionNueva,
        errores=(404,),
        ids={"item_id": ID},
        con_clave=True,
        ejemplo={"module_name": "biofloc", "custom_settings": {"ratio": 2.5}, "is_primary": True},
    )
    def post(self, request: Request, item_id: str) -> Response:
        datos = leer_cuerpo(AsignacionNueva, request)
        producto = selectors.producto_vivo(self.entero_de_ruta("item_id", no_encontrado=NO_HAY_ARTICULO))
        if producto is None:
            raise Rechazo(404, NO_HAY_ARTICULO)
        asignado = services.asignar_modulo(
            actor=self.actor,
            producto=producto,
            modulo=datos["module_name"],
            ajustes=_con_numeros(datos.get("custom_settings", {})),
            principal=datos.get("is_primary", False),
        )
        return Response(Asignacion(asignado).data, status=201)


class ModuloDelArticulo(VistaBiofloc):
    permisos = {"DELETE": Permiso.ELIMINAR}
    frases = {NoEncontrado: NO_ASIGNADO}

    @documentar(
        "Unmap an item from a module",
        nombre="biofloc_item_modules_delete",
        grupo="modules",
        exito={204: None},
        errores=(404,),
        ids={"item_id": ID, "module": TEXTO},
        escribe=True,
    )
    def delete(self, request: Request, item_id: str, module: str) -> Response:
        pk = self.entero_de_ruta("item_id", no_encontrado=NO_HAY_ARTICULO)
        modulo = self.texto_de_ruta("module")
        services.quitar_modulo(actor=self.actor, producto_id=pk, modulo=modulo)
        return Response(status=204)


def _con_numeros(valor: Any) -> Any:
    """Los decimales del analizador vuelven a ser números de JSON: así se guardan y así se devuelven."""
    if isinstance(valor, Decimal):
        return en_numero(valor)
    if isinstance(valor, dict):
        return {clave: _con_numeros(hijo) for clave, hijo in valor.items()}
    return [_con_numeros(hijo) for hijo in valor] if isinstance(valor, list) else valor
