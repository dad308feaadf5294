"""Los asientos del libro: la lista, y cada uno con sus líneas."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import Filter
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import (
    EnDias,
    OpcionCampo,
    TextoCampo,
    leer_consulta,
)
from inventario.borde.esquema import documentar
from inventario.borde.filtros import Filtros
from inventario.borde.paginacion import PorSaltoOCursor
from inventario.borde.views import ConjuntoDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.existencias.api.dias import en_dias
from inventario.movimientos.api.formas import (
    AsientoConLineasSerializer,
    AsientoSerializer,
    ver_asiento,
)
from inventario.movimientos.documentos import asientos_al_alcance
from inventario.movimientos.models import Asiento, Motivo, TipoAsiento


class AsientosConsulta(EnDias):
    tipo = OpcionCampo(TipoAsiento.choices, required=False)
    motivo = OpcionCampo(Motivo.choices, required=False)
    referencia = TextoCampo(maximo=200, required=False)
    modulo = TextoCampo(maximo=64, required=False)
    tanque = TextoCampo(maximo=64, required=False)


class FiltrosDeAsientos(Filtros):
    tipo = Filter("tipo")
    motivo = Filter("motivo")
    referencia = Filter("referencia")
    modulo = Filter("modulo")
    tanque = Filter("tanque")


class ConjuntoDeAsientos(ConjuntoDeEmpresa):
    modelo = Asiento
    no_encontrado = "No existe ese asiento."
    pagination_class = PorSaltoOCursor
    serializer_class = AsientoSerializer
    permisos = {"list": Permiso.VER, "retrieve": Permiso.VER}
    orden_cursor = ("id",)

    def consulta(self) -> QuerySet[Any]:
        asientos = Asiento.objects.select_related("actor", "reverso").order_by("pk")
        return asientos_al_alcance(asientos, self.actor.alcance)

    @documentar(
        "Lista los asientos",
        grupo="asientos",
        nombre="listar_asientos",
        descripcion="Por id ascendente, sin sus líneas.",
        exito={200: AsientoSerializer(many=True)},
        consulta=AsientosConsulta,
    )
    def list(self, request: Request) -> Response:
        filtro = leer_consulta(AsientosConsulta, request)
        filas = FiltrosDeAsientos.filtrar(self.get_queryset(), filtro).filter(**en_dias(self.actor, filtro))
        pagina = self.paginate_queryset(filas)
        return self.get_paginated_response([dict(f) for f in AsientoSerializer(pagina or [], many=True).data])

    @documentar(
        "Muestra un asiento con sus líneas",
        grupo="asientos",
        nombre="ver_asiento",
        exito={200: AsientoConLineasSerializer},
        errores=(404,),
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(ver_asiento(self.get_object(), self.actor.alcance))
