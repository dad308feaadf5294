"""Los productos con más existencia (contrato E13)."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.cache import recordado
from inventario.borde.campos import EnteroCampo
from inventario.borde.esquema import documentar
from inventario.existencias.api.productos import ProductoSerializer
from inventario.existencias.disponibilidad import vence_el_proximo_apartado
from inventario.nucleo.cache import Familia
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.api.comun import CUERPO, GRUPO, VistaDeReporte
from inventario.reportes.api.consultas import ConFormato
from inventario.reportes.api.salida import o_archivo
from inventario.reportes.informes.top import TOP, TOP_MAXIMO


class TopConsulta(ConFormato):
    nombres = {"top_n": "n"}
    top_n = EnteroCampo(minimo=1, maximo=TOP_MAXIMO, required=False, default=TOP)


class TopProductos(VistaDeReporte):
    clave = "top-productos-disponibles"
    consulta = TopConsulta

    @documentar(
        "Los productos con más existencia",
        grupo=GRUPO,
        nombre="reporte_top_productos",
        descripcion=f"Por `cantidad_actual` descendente; empatados, por nombre y luego por id. {CUERPO}",
        exito=o_archivo(ProductoSerializer(many=True)),
        consulta=TopConsulta,
    )
    @recordado(Familia.PRODUCTO, cambia=vence_el_proximo_apartado)
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        return Response(ProductoSerializer(informes.top_productos(ambito, **parametros), many=True).data)
