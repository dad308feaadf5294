"""Categorías, unidades y proveedores: listas cortas que el resto de la API nombra."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import Filter
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import (
    BooleanoCampo,
    EnteroCampo,
    InstanteCampo,
    Peticion,
    TextoCampo,
    leer_consulta,
    leer_cuerpo,
)
from inventario.borde.filtros import Filtros
from inventario.borde.paginacion import PorSalto
from inventario.borde.views import ConjuntoDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.errores import DatoInvalido
from inventario.productos.api.documentacion import catalogo
from inventario.productos.models import Categoria, Proveedor, Unidad
from inventario.productos.selectors import categorias_con_uso
from inventario.productos.services import (
    crear_categoria,
    crear_proveedor,
    crear_unidad,
    editar_categoria,
    editar_proveedor,
    editar_unidad,
    eliminar_categoria,
)

GRUPO = "catálogo"
LEER_Y_ESCRIBIR = {
    "list": Permiso.VER,
    "retrieve": Permiso.VER,
    "create": Permiso.CATALOGAR,
    "update": Permiso.CATALOGAR,
    "partial_update": Permiso.CATALOGAR,
}


class FiltroDeLista(Peticion):
    buscar = TextoCampo(maximo=100, required=False, help_text="En el nombre.")


class FiltroDeActivos(FiltroDeLista):
    activo = BooleanoCampo(required=False)


class PorNombre(Filtros):
    buscar = Filter("nombre", "icontains")


class PorNombreYActivo(PorNombre):
    activo = Filter("activo")


class PorNombreYActiva(PorNombre):
    activo = Filter("activa")


class ConjuntoDeCatalogo(ConjuntoDeEmpresa):
    """Lo común: lista filtrada y en páginas, detalle, y PUT igual que PATCH."""

    pagination_class = PorSalto
    lookup_value_regex = "[^/]+"
    filtro: ClassVar[type[Peticion]] = FiltroDeLista
    filtros: ClassVar[type[Filtros]] = PorNombre

    def list(self, request: Request) -> Response:
        filas = self.filtros.filtrar(self.consulta(), leer_consulta(self.filtro, request))
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(filas), many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    def responder(self, fila: Any, *, estado: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(self.consulta().get(pk=fila.pk)).data, status=estado)


class CategoriaSerializer(serializers.Serializer[Categoria]):
    id = EnteroCampo(source="pk")
    nombre = TextoCampo(maximo=100)
    padre_id = EnteroCampo(allow_null=True)
    descripcion = TextoCampo(maximo=2000)
    productos = EnteroCampo(source="n_productos")


class CategoriaPeticion(Peticion):
    nombre = TextoCampo(maximo=100)
    padre_id = EnteroCampo(required=False, allow_null=True)
    descripcion = TextoCampo(maximo=2000, permite_vacio=True, multilinea=True, required=False)


@catalogo(
    grupo=GRUPO,
    una="una categoría",
    las="las categorías",
    nombre="categoria",
    nombres="categorias",
    lista=CategoriaSerializer,
    ficha=CategoriaSerializer,
    filtro=FiltroDeLista,
    peticion=CategoriaPeticion,
    cambio=CategoriaPeticion(partial=True),
    elimina=True,
)
class ConjuntoDeCategorias(ConjuntoDeCatalogo):
    modelo = Categoria
    no_encontrado = "Categoría no encontrada."
    serializer_class = CategoriaSerializer
    permisos = {**LEER_Y_ESCRIBIR, "destroy": Permiso.ELIMINAR}

    def consulta(self) -> QuerySet[Categoria]:
        return categorias_con_uso()

    def create(self, request: Request) -> Response:
        datos = self._resolver(leer_cuerpo(CategoriaPeticion, request))
        return self.responder(crear_categoria(actor=self.actor, **datos), estado=status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        categoria = self.get_object()
        datos: Any = self._resolver(leer_cuerpo(CategoriaPeticion, request, partial=True))
        return self.responder(editar_categoria(actor=self.actor, categoria=categoria, cambios=datos))

    def partial_update(self, request: Request, pk: str) -> Response:
        return self.update(request, pk)

    def destroy(self, request: Request, pk: str) -> Response:
        categoria = self.get_object()
        cuerpo = self.get_serializer(categoria).data
        eliminar_categoria(actor=self.actor, categoria=categoria)
        return Response(cuerpo)

    def _resolver(self, datos: dict[str, Any]) -> dict[str, Any]:
        if "padre_id" in datos:
            padre_id = datos.pop("padre_id")
            datos["padre"] = None if padre_id is None else Categoria.objects.filter(pk=padre_id).first()
            if padre_id is not None and datos["padre"] is None:
                raise DatoInvalido("No existe esa categoría.", campo="padre_id", codigo="does_not_exist")
        return datos


class UnidadSerializer(serializers.Serializer[Unidad]):
    id = EnteroCampo(source="pk")
    nombre = TextoCampo(maximo=50)
    nombre_en = TextoCampo(maximo=50)
    abreviatura = TextoCampo(maximo=50)
    magnitud = TextoCampo(maximo=50)
    divisible = BooleanoCampo()
    activa = BooleanoCampo()


class UnidadPeticion(Peticion):
    nombre = TextoCampo(maximo=50)
    abreviatura = TextoCampo(maximo=50)
    nombre_en = TextoCampo(maximo=50, required=False)
    magnitud = TextoCampo(maximo=50, permite_vacio=True, required=False)
    divisible = BooleanoCampo(required=False)


class CambioDeUnidadPeticion(UnidadPeticion):
    activa = BooleanoCampo(required=False)


@catalogo(
    grupo=GRUPO,
    una="una unidad",
    las="las unidades",
    nombre="unidad",
    nombres="unidades",
    lista=UnidadSerializer,
    ficha=UnidadSerializer,
    filtro=FiltroDeActivos,
    peticion=UnidadPeticion,
    cambio=CambioDeUnidadPeticion(partial=True),
)
class ConjuntoDeUnidades(ConjuntoDeCatalogo):
    modelo = Unidad
    no_encontrado = "Unidad no encontrada."
    serializer_class = UnidadSerializer
    permisos = LEER_Y_ESCRIBIR
    filtro = FiltroDeActivos
    filtros = PorNombreYActiva

    def consulta(self) -> QuerySet[Unidad]:
        return Unidad.objects.order_by("magnitud", "nombre", "pk")

    def create(self, request: Request) -> Response:
        unidad = crear_unidad(actor=self.actor, **leer_cuerpo(UnidadPeticion, request))
        return self.responder(unidad, estado=status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        unidad = self.get_object()
        datos: Any = leer_cuerpo(CambioDeUnidadPeticion, request, partial=True)
        return self.responder(editar_unidad(actor=self.actor, unidad=unidad, cambios=datos))

    def partial_update(self, request: Request, pk: str) -> Response:
        return self.update(request, pk)


class ProveedorSerializer(serializers.Serializer[Proveedor]):
    id = EnteroCampo(source="pk")
    nombre = TextoCampo(maximo=255)
    contacto = TextoCampo(maximo=255)
    telefono = TextoCampo(maximo=50)
    email = TextoCampo(maximo=255)
    direccion = TextoCampo(maximo=1000)
    activo = BooleanoCampo()
    creado_en = InstanteCampo()


class ProveedorPeticion(Peticion):
    nombre = TextoCampo(maximo=255)
    contacto = TextoCampo(maximo=255, permite_vacio=True, required=False)
    telefono = TextoCampo(maximo=50, permite_vacio=True, required=False)
    email = TextoCampo(maximo=255, permite_vacio=True, required=False)
    direccion = TextoCampo(maximo=1000, permite_vacio=True, multilinea=True, required=False)


class CambioDeProveedorPeticion(ProveedorPeticion):
    activo = BooleanoCampo(required=False)


@catalogo(
    grupo=GRUPO,
    una="un proveedor",
    las="los proveedores",
    nombre="proveedor",
    nombres="proveedores",
    lista=ProveedorSerializer,
    ficha=ProveedorSerializer,
    filtro=FiltroDeActivos,
    peticion=ProveedorPeticion,
    cambio=CambioDeProveedorPeticion(partial=True),
)
class ConjuntoDeProveedores(ConjuntoDeCatalogo):
    modelo = Proveedor
    no_encontrado = "Proveedor no encontrado."
    serializer_class = ProveedorSerializer
    permisos = LEER_Y_ESCRIBIR
    filtro = FiltroDeActivos
    filtros = PorNombreYActivo

    def consulta(self) -> QuerySet[Proveedor]:
        return Proveedor.objects.order_by("nombre", "pk")

    def create(self, request: Request) -> Response:
        proveedor = crear_proveedor(actor=self.actor, **leer_cuerpo(ProveedorPeticion, request))
        return self.responder(proveedor, estado=status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        proveedor = self.get_object()
        datos: Any = leer_cuerpo(CambioDeProveedorPeticion, request, partial=True)
        return self.responder(editar_proveedor(actor=self.actor, proveedor=proveedor, cambios=datos))

    def partial_update(self, request: Request, pk: str) -> Response:
        return self.update(request, pk)
