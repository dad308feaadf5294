"""Vistas que ejercitan la base de la API sin depender de ninguna app del negocio."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError
from django.http import Http404
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import CantidadCampo, EnteroCampo, Peticion, TextoCampo, leer_cuerpo
from inventario.borde.paginacion import PorSaltoOCursor
from inventario.borde.rutas import conjunto, ruta
from inventario.borde.tests.errores_de_base import conexion_perdida
from inventario.borde.views import ConjuntoDeEmpresa, VistaDeEmpresa
from inventario.cuentas.empresas.services import crear_bodega
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.errores import Conflicto, DatoInvalido, NoEncontrado, ReglaRota, SinPermiso

ERRORES: dict[str, Exception] = {
    "dato": DatoInvalido("Debe ser mayor que cero.", campo="cantidad", codigo="min_value"),
    "regla": ReglaRota("Stock insuficiente.", sku="A", disponible=Decimal("1.5"), vencido=Decimal(0)),
    "no_encontrado": NoEncontrado("El lote no existe."),
    "conflicto": Conflicto("Ya se usó."),
    "permiso": SinPermiso("No puede."),
    "http404": Http404("No Lote matches the given query."),
    "denegado": PermissionDenied("secreto"),
    "datos": DataError("integer out of range SELECT secreto"),
    "caida": conexion_perdida(),
    "integridad": IntegrityError("FOREIGN KEY constraint failed secreto"),
    "imprevisto": RuntimeError("secreto SELECT * FROM usuarios"),
}


class Falla(VistaDeEmpresa):
    permisos = {"GET": Permiso.VER, "POST": Permiso.VER}

    def get(self, request: Request, cual: str) -> Response:
        raise ERRORES[cual]

    post = get


class BodegaPeticion(Peticion):
    codigo = TextoCampo(maximo=30)
    cantidad = CantidadCampo(required=False)
    veces = EnteroCampo(required=False, minimo=1)


class Bodegas(ConjuntoDeEmpresa):
    """Un viewset de verdad sobre un modelo que no depende de nadie."""

    modelo = Bodega
    pagination_class = PorSaltoOCursor
    permisos = {
        "list": Permiso.VER,
        "retrieve": Permiso.VER,
        "create": Permiso.CATALOGAR,
        "perdida": Permiso.VER,
    }

    def consulta(self) -> Any:
        return Bodega.objects.order_by("id")

    def list(self, request: Request) -> Response:
        pagina = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([{"id": b.pk, "codigo": b.codigo} for b in pagina or []])

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response({"codigo": self.get_object().codigo})

    def create(self, request: Request) -> Response:
        datos = leer_cuerpo(BodegaPeticion, request)
        bodega = Bodega.objects.create(empresa=self.actor.empresa, codigo=datos["codigo"], nombre="x")
        if datos["codigo"] == "falla":
            raise ReglaRota("Eso no.")
        if datos["codigo"] == "cuatro":
            return Response({"id": bodega.pk}, status=400)
        return Response({"id": bodega.pk, "cantidad": datos.get("cantidad")}, status=201)

    def destroy(self, request: Request, pk: str) -> Response:
        return Response(status=204)


class Quien(VistaDeEmpresa):
    permisos = {"GET": Permiso.VER, "POST": Permiso.ADMINISTRAR}

    def get(self, request: Request) -> Response:
        actor = self.actor
        assert actor.bodega is not None
        return Response(
            {
                "empresa": actor.empresa.slug,
                "principal": actor.principal,
                "permisos": sorted(actor.permisos),
                "bodega": actor.bodega.codigo,
                "externo": [actor.externo_id, actor.externo_nombre],
                "solicitud_id": actor.solicitud_id,
                "bodegas": list(Bodega.objects.order_by("id").values_list("codigo", flat=True)),
            }
        )

    def post(self, request: Request) -> Response:
        bodega = crear_bodega(actor=self.actor, codigo="nueva", nombre="Nueva")
        return Response({"id": bodega.pk}, status=201)


urlpatterns = [
    path("api/v1/", include([ruta(r"falla/(?P<cual>\w+)", Falla.as_view(), nombre="falla")])),
    path("api/v1/", include([ruta("quien", Quien.as_view(), nombre="quien")])),
    path("api/v1/", include(conjunto("bodegas", Bodegas, nombre="bodegas"))),
    path("", include("config.urls")),
]

handler404 = "inventario.borde.errores.no_encontrado"
handler500 = "inventario.borde.errores.error_interno"
