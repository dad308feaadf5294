"""Las líneas del libro, en lista."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import Filter
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import (
    EnDias,
    IdCampo,
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
from inventario.lotes.api import al_alcance
from inventario.movimientos.api import ejemplos
from inventario.movimientos.api.formas import (
    MovimientoSerializer,
    con_todo,
    ver_movimientos,
)
from inventario.movimientos.models import Motivo, Movimiento, TipoMovimiento
from inventario.productos.api.filtros import PorSku

GRUPO = "movimientos"


class MovimientosConsulta(EnDias):
    tipo = OpcionCampo(TipoMovimiento.choices, required=False)
    producto_id = IdCampo(required=False)
    sku = TextoCampo(maximo=100, required=False)
    lote_id = IdCampo(required=False)
    asiento_id = IdCampo(required=False)
    bodega = TextoCampo(maximo=30, required=False)
    modulo = TextoCampo(maximo=64, required=False)
    tanque = TextoCampo(maximo=64, required=False)
    motivo = OpcionCampo(Motivo.choices, required=False)
    referencia = TextoCampo(maximo=200, required=False)
    orden = OpcionCampo(
        [("fecha_movimiento", "Del más antiguo"), ("-fecha_movimiento", "Del más nuevo")],
        required=False,
        default="fecha_movimiento",
    )


class FiltrosDeMovimientos(Filtros):
    tipo = Filter("tipo")
    producto_id = Filter("producto_id")
    sku = PorSku("producto")
    lote_id = Filter("lote_id")
    asiento_id = Filter("asiento_id")
    bodega = Filter("bodega__codigo", "iexact")
    modulo = Filter("asiento__modulo")
    tanque = Filter("asiento__tanque")
    motivo = Filter("asiento__motivo")
    referencia = Filter("asiento__referencia")


class ConjuntoDeMovimientos(ConjuntoDeEmpresa):
    modelo = Movimiento
    pagination_class = PorSaltoOCursor
    serializer_class = MovimientoSerializer
    permisos = {"list": Permiso.VER}
    orden_cursor: tuple[str, ...] = ("fecha_efectiva", "id")

    def consulta(self) -> QuerySet[Any]:
        return al_alcance(self.actor, con_todo(Movimiento.objects.all()))

    @documentar(
        "Lista los movimientos",
        grupo=GRUPO,
        nombre="listar_movimientos",
        descripcion="Por fecha efectiva y, en la misma, por id. Para recorrerlos todos use `cursor`: cuesta "
        "lo mismo en cualquier página y lo que se registre entre tanto no repite ni esconde nada.",
        exito={200: MovimientoSerializer(many=True)},
        consulta=MovimientosConsulta,
        ejemplo_de_respuesta=ejemplos.MOVIMIENTO,
    )
    def list(self, request: Request) -> Response:
        filtro = leer_consulta(MovimientosConsulta, request)
        signo = "-" if filtro["orden"].startswith("-") else ""
        self.orden_cursor = (f"{signo}fecha_efectiva", f"{signo}id")
        filas = FiltrosDeMovimientos.filtrar(self.get_queryset(), filtro).filter(
            **en_dias(self.actor, filtro)
        )
        pagina = self.paginate_queryset(filas.order_by(*self.orden_cursor))
        return self.get_paginated_response(ver_movimientos(pagina or []))
