"""Lo que se perdió, por motivo."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import CantidadCampo, EnteroCampo
from inventario.borde.esquema import documentar
from inventario.nucleo.cantidades import en_dinero
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.api.comun import CUERPO, GRUPO, VistaDeReporte, cuerpo
from inventario.reportes.api.consultas import RangoConsulta
from inventario.reportes.api.salida import o_archivo


class Mermas(VistaDeReporte):
    clave = "mermas"
    consulta = RangoConsulta

    @documentar(
        "Lo que se perdió, por motivo",
        grupo=GRUPO,
        nombre="reporte_mermas",
        descripcion="Bajas, faltantes de conteo y correcciones que nadie revirtió, entre dos días enteros. "
        f"Lo más caro primero. {CUERPO}",
        exito=o_archivo(
            cuerpo(
                "Mermas",
                "mermas",
                costo=CantidadCampo(minimo=0),
                por_motivo=inline_serializer(
                    "TotalDeMotivo",
                    {
                        "motivo": serializers.CharField(),
                        "costo": CantidadCampo(minimo=0),
                        "lineas": EnteroCampo(),
                    },
                    many=True,
                ),
            )
        ),
        consulta=RangoConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        perdidas = informes.mermas(ambito, **parametros)
        por_motivo = [
            {"motivo": uno.motivo.value, "costo": en_dinero(uno.costo), "lineas": uno.lineas}
            for uno in perdidas.por_motivo
        ]
        return self.ver(perdidas.filas, costo=en_dinero(perdidas.costo), por_motivo=por_motivo)
