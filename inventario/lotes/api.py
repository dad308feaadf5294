"""E6 y E7: la lista y la ficha de los lotes. Un lote solo nace de una entrada y solo lo mueve el libro."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import (
    BooleanoCampo,
    CantidadCampo,
    FechaCampo,
    IdCampo,
    OpcionCampo,
    Peticion,
    TextoCampo,
    exigir_rango,
    leer_consulta,
)
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSaltoOCursor
from inventario.borde.views import ConjuntoDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import EstadoLote, Lote, Procedencia
from inventario.lotes.querysets import LoteQuerySet
from inventario.nucleo.actores import Actor
from inventario.nucleo.reloj import hoy_en
from inventario.productos.querysets import normalizar_sku

GRUPO = "lotes"
CON = ("producto", "bodega")
EJEMPLO = {
    "id": 77,
    "producto_id": 31,
    "cantidad_recibida": 48,
    "cantidad_actual": 48,
    "fecha_vencimiento": "2031-05-20",
    "producto_sku": "HAR-MAIZ-1K",
    "producto_nombre": "Harina de maíz 1 kg",
    "estado": "vigente",
    "dias_para_vencer": 472,
    "codigo": "L-2031-05",
    "fecha_ingreso": "2030-02-02",
    "costo_unitario": 3.85,
    "proveedor_id": 4,
    "referencia_proveedor": "",
    "bodega": "principal",
    "bloqueado": False,
    "motivo_bloqueo": "",
    "procedencia": "entrada",
    "origen_id": None,
    "raiz_id": None,
}


class LoteSerializer(serializers.Serializer[Any]):
    """Necesita `hoy` (fecha local) en el contexto, y producto y bodega ya cargados."""

    id = IdCampo(source="pk")
    producto_id = IdCampo()
    cantidad_recibida = CantidadCampo()
    cantidad_actual = CantidadCampo(source="saldo", minimo=0)
    fecha_vencimiento = FechaCampo(source="vence_el", allow_null=True)
    producto_sku = TextoCampo(source="producto.sku", maximo=100, allow_null=True)
    producto_nombre = TextoCampo(source="producto.nombre", maximo=255)
    estado = serializers.SerializerMethodField()
    dias_para_vencer = serializers.SerializerMethodField()
    codigo = TextoCampo(maximo=100)
    fecha_ingreso = FechaCampo()
    costo_unitario = CantidadCampo(minimo=0)
    proveedor_id = IdCampo(allow_null=True)
    referencia_proveedor = TextoCampo(maximo=100)
    bodega = TextoCampo(source="bodega.codigo", maximo=30)
    bloqueado = BooleanoCampo()
    motivo_bloqueo = TextoCampo(maximo=255)
    procedencia = OpcionCampo(Procedencia.choices)
    origen_id = IdCampo(allow_null=True)
    raiz_id = IdCampo(allow_null=True)

    def get_estado(self, lote: Lote) -> str:
        return lote.estado(self._hoy).value

    def get_dias_para_vencer(self, lote: Lote) -> int | None:
        return None if lote.vence_el is None else (lote.vence_el - self._hoy).days

    @property
    def _hoy(self) -> date:
        hoy: date = self.context["hoy"]
        return hoy


class LotesConsulta(Peticion):
    producto_id = IdCampo(required=False)
    sku = TextoCampo(required=False, maximo=100, help_text="El SKU exacto, sin mirar mayúsculas.")
    con_stock = BooleanoCampo(required=False, help_text="true: con saldo; false: agotados.")
    estado = OpcionCampo(EstadoLote.choices, required=False)
    vence_desde = FechaCampo(required=False)
    vence_hasta = FechaCampo(required=False, help_text="Incluida.")
    codigo = TextoCampo(required=False, maximo=100, help_text="El código exacto.")
    bodega = TextoCampo(required=False, maximo=30, help_text="El código de la bodega.")
    bloqueado = BooleanoCampo(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        exigir_rango(attrs, "vence_desde", "vence_hasta")
        return attrs


class ConjuntoDeLotes(ConjuntoDeEmpresa):
    modelo = Lote
    no_encontrado = "No existe ese lote."
    pagination_class = PorSaltoOCursor
    serializer_class = LoteSerializer
    permisos = {"list": Permiso.VER, "retrieve": Permiso.VER}

    def consulta(self) -> QuerySet[Any]:
        return al_alcance(self.actor, Lote.objects.select_related(*CON).order_by("pk"))

    @documentar(
        "Lista los lotes",
        grupo=GRUPO,
        nombre="listar_lotes",
        descripcion="Por id ascendente, agotados incluidos. Sin resultados es una lista vacía.",
        exito={200: LoteSerializer(many=True)},
        consulta=LotesConsulta,
        ejemplo_de_respuesta=EJEMPLO,
    )
    def list(self, request: Request) -> Response:
        filtro = leer_consulta(LotesConsulta, request)
        pagina = self.paginate_queryset(filtrar(self.get_queryset(), filtro, hoy_de(self.actor)))
        return self.get_paginated_response(ver_lotes(self.actor, pagina or []))

    @documentar(
        "Muestra un lote",
        grupo=GRUPO,
        nombre="ver_lote",
        exito={200: LoteSerializer},
        errores=(404,),
        ejemplo_de_respuesta=EJEMPLO,
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(ver_lote(self.actor, self.get_object()))


def filtrar(lotes: LoteQuerySet | QuerySet[Any], filtro: dict[str, Any], hoy: date) -> QuerySet[Any]:
    directos = {
        "producto_id": "producto_id",
        "vence_desde": "vence_el__gte",
        "vence_hasta": "vence_el__lte",
        "codigo": "codigo",
        "bloqueado": "bloqueado",
    }
    lotes = lotes.filter(**{campo: filtro[clave] for clave, campo in directos.items() if clave in filtro})
    if "sku" in filtro:
        lotes = lotes.filter(producto__sku_normalizado=normalizar_sku(filtro["sku"]))
    if "bodega" in filtro:
        lotes = lotes.filter(bodega__codigo__iexact=filtro["bodega"])
    if "con_stock" in filtro:
        lotes = lotes.filter(saldo__gt=0) if filtro["con_stock"] else lotes.filter(saldo=0)
    if "estado" in filtro:
        assert isinstance(lotes, LoteQuerySet)
        lotes = lotes.en_estado(filtro["estado"], hoy)
    return lotes


def ver_lote(actor: Actor, lote: Lote) -> dict[str, Any]:
    return dict(LoteSerializer(lote, context={"hoy": hoy_de(actor)}).data)


def ver_lotes(actor: Actor, lotes: list[Lote]) -> list[dict[str, Any]]:
    return [dict(fila) for fila in LoteSerializer(lotes, many=True, context={"hoy": hoy_de(actor)}).data]


def hoy_de(actor: Actor) -> date:
    return hoy_en(actor.empresa.zona_horaria, timezone.now())


def al_alcance(actor: Actor, filas: QuerySet[Any]) -> QuerySet[Any]:
    """Quien está limitado a unas bodegas no ve lo de las demás."""
    return filas.filter(bodega_id__in=actor.bodegas_permitidas) if actor.bodegas_permitidas else filas
