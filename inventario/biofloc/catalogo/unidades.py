"""Unidades (§2.12): cuelgan de /api/v1/units, fuera de inventory."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.catalogo.esquemas.unidades import (
    CambioDeUnidad,
    CategoriaDeUnidades,
    FiltroDeUnidades,
    ListaDeUnidades,
    UnidadEliminada,
    UnidadNueva,
    UnidadRespuesta,
)
from inventario.biofloc.catalogo.traduccion import abreviatura_visible, categoria_de_unidad, magnitud_de
from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import ID, documentar
from inventario.biofloc.listas import recortar
from inventario.biofloc.views import VistaBiofloc
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.errores import NoEncontrado
from inventario.productos import selectors, services
from inventario.productos.errores import NombreDuplicado, TieneDependencias
from inventario.productos.models import Unidad

NO_HAY_UNIDAD = "Unit not found"


class DeUnidades(VistaBiofloc):
    frases = {
        NoEncontrado: NO_HAY_UNIDAD,
        NombreDuplicado: "A unit with this name or abbreviation already exists",
        TieneDependencias: lambda error: (
            f"Unit cannot be deleted: {error.datos.get('productos', 0)} items use it"
        ),
    }
    nombres = {"nombre": "unit_name", "nombre_en": "unit_name", "abreviatura": "abbreviation"}

    def unidad(self) -> Unidad:
        pk = self.entero_de_ruta("unit_id", no_encontrado=NO_HAY_UNIDAD)
        unidad = selectors.unidades_con_uso().filter(pk=pk).first()
        if unidad is None:
            raise Rechazo(404, NO_HAY_UNIDAD)
        return unidad


class Unidades(DeUnidades):
    permisos = {"GET": Permiso.VER, "POST": Permiso.CATALOGAR}

    @documentar(
        "List units",
        nombre="biofloc_units_list",
        grupo="units",
        exito={200: ListaDeUnidades},
        consulta=FiltroDeUnidades,
    )
    def get(self, request: Request) -> Response:
        filtro = leer_consulta(FiltroDeUnidades, request)
        categoria = filtro.get("category", "").lower()
        unidades = [
            unidad
            for unidad in selectors.unidades_con_uso()
            if (unidad.activa or filtro["include_inactive"])
            and (not categoria or (categoria_de_unidad(unidad.magnitud) or "").lower() == categoria)
        ]
        # Por la categoría como se lee aquí, no como se guarda; sin categoría, al final.
        unidades.sort(key=lambda u: (not u.magnitud, categoria_de_unidad(u.magnitud) or "", u.nombre_en))
        pagina = recortar(unidades, filtro)
        return Response({"units": UnidadRespuesta(pagina, many=True).data, "total": len(unidades)})

    @documentar(
        "Create a unit",
        nombre="biofloc_units_create",
        grupo="units",
        exito={200: UnidadRespuesta},
        peticion=UnidadNueva,
        errores=(400,),
        con_clave=True,
        ejemplo={"unit_name": "Pallet", "abbreviation": "plt", "category": "count"},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(UnidadNueva, request)
        unidad = services.crear_unidad(
            actor=self.actor,
            nombre=datos["unit_name"],
            abreviatura=datos.get("abbreviation") or datos["unit_name"],
            magnitud=magnitud_de(datos.get("category")),
        )
        return Response(UnidadRespuesta(unidad).data)


class CategoriasDeUnidades(DeUnidades):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "List unit categories",
        nombre="biofloc_units_categories",
        grupo="units",
        exito={200: CategoriaDeUnidades(many=True)},
    )
    def get(self, request: Request) -> Response:
        unidades = list(selectors.unidades_con_uso())
        todas = Counter(categoria_de_unidad(unidad.magnitud) for unidad in unidades)
        activas = Counter(categoria_de_unidad(unidad.magnitud) for unidad in unidades if unidad.activa)
        return Response(
            [
                {"category": categoria, "total_units": todas[categoria], "active_units": activas[categoria]}
                for categoria in sorted(todas, key=lambda categoria: (categoria is None, categoria or ""))
            ]
        )


class UnaUnidad(DeUnidades):
    permisos = {"GET": Permiso.VER, "PUT": Permiso.CATALOGAR, "DELETE": Permiso.ELIMINAR}

    @documentar(
        "Get one unit",
        nombre="biofloc_units_get",
        grupo="units",
        exito={200: UnidadRespuesta},
        errores=(404,),
        ids={"unit_id": ID},
    )
    def get(self, request: Request, unit_id: str) -> Response:
        return Response(UnidadRespuesta(self.unidad()).data)

    @documentar(
        "Update a unit; a new name shows in every item",
        nombre="biofloc_units_update",
        grupo="units",
        exito={200: UnidadRespuesta},
        peticion=CambioDeUnidad,
        errores=(400, 404),
        ids={"unit_id": ID},
        ejemplo={"unit_name": "Kilo", "abbreviation": "kg", "category": None},
    )
    def put(self, request: Request, unit_id: str) -> Response:
        datos = leer_cuerpo(CambioDeUnidad, request)
        unidad = self.unidad()
        if not datos:
            raise Rechazo(400, "No fields to update")
        cambios = _cambios(unidad, datos)
        return Response(
            UnidadRespuesta(services.editar_unidad(actor=self.actor, unidad=unidad, cambios=cambios)).data
        )

    @documentar(
        "Delete a unit no item uses",
        nombre="biofloc_units_delete",
        grupo="units",
        exito={200: UnidadEliminada},
        errores=(400, 404),
        ids={"unit_id": ID},
        escribe=True,
    )
    def delete(self, request: Request, unit_id: str) -> Response:
        unidad = self.unidad()
        hecho = {"unit_id": unidad.pk, "unit_name": unidad.nombre_en}
        services.eliminar_unidad(actor=self.actor, unidad=unidad)
        return Response({"success": True, "message": f"Unit '{hecho['unit_name']}' deleted", **hecho})


class _CambiarActiva(DeUnidades):
    permisos = {"POST": Permiso.CATALOGAR}
    activa: bool

    def _poner(self) -> Response:
        unidad = self.unidad()
        cambiada = services.editar_unidad(actor=self.actor, unidad=unidad, cambios={"activa": self.activa})
        return Response(UnidadRespuesta(cambiada).data)


class DesactivarUnidad(_CambiarActiva):
    activa = False

    @documentar(
        "Deactivate a unit",
        nombre="biofloc_units_deactivate",
        grupo="units",
        exito={200: UnidadRespuesta},
        errores=(404,),
        ids={"unit_id": ID},
        escribe=True,
        con_clave=True,
    )
    def post(self, request: Request, unit_id: str) -> Response:
        return self._poner()


class ReactivarUnidad(_CambiarActiva):
    activa = True

    @documentar(
        "Reactivate a unit",
        nombre="biofloc_units_reactivate",
        grupo="units",
        exito={200: UnidadRespuesta},
        errores=(404,),
        ids={"unit_id": ID},
        escribe=True,
        con_clave=True,
    )
    def post(self, request: Request, unit_id: str) -> Response:
        return self._poner()


def _cambios(unidad: Unidad, datos: dict[str, Any]) -> services.CambiosDeUnidad:
    cambios: services.CambiosDeUnidad = {}
    nombre = datos.get("unit_name", unidad.nombre_en)
    if "unit_name" in datos:
        cambios["nombre_en"] = nombre
        if unidad.nombre == unidad.nombre_en:
            # Nació con un solo nombre: el español la sigue.
            cambios["nombre"] = nombre
    # Sin abreviatura se usa el nombre, y si el nombre cambia, ella también.
    abreviatura = datos.get("abbreviation", abreviatura_visible(unidad)) or nombre
    if abreviatura != unidad.abreviatura:
        cambios["abreviatura"] = abreviatura
    if "category" in datos:
        cambios["magnitud"] = magnitud_de(datos["category"])
    return cambios
