"""Lo que usó cada módulo y cada tanque."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import CantidadCampo, EnteroCampo, TextoCampo
from inventario.borde.esquema import documentar
from inventario.nucleo.cantidades import en_dinero
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.api.comun import CUERPO, GRUPO, VistaDeReporte, cuerpo
from inventario.reportes.api.consultas import RangoConsulta
from inventario.reportes.api.salida import o_archivo


class ConsumoConsulta(RangoConsulta):
    modulo = TextoCampo(maximo=64, required=False)


class ConsumoPorModulo(VistaDeReporte):
    clave = "consumo-por-modulo"
    consulta = ConsumoConsulta

    @documentar(
        "Lo que usó cada módulo y tanque",
        grupo=GRUPO,
        nombre="reporte_consumo_por_modulo",
        descripcion="Salidas que nadie revirtió, entre dos días enteros. Lo que salió sin módulo lo lleva "
        f"vacío. {CUERPO}",
        exito=o_archivo(
            cuerpo(
                "ConsumoPorModulo",
                "consumo-por-modulo",
                costo=CantidadCampo(minimo=0),
                por_modulo=inline_serializer(
                    "TotalDeModulo",
                    {
                        "modulo": serializers.CharField(allow_blank=True),
                        "costo": CantidadCampo(minimo=0),
                        "lineas": EnteroCampo(),
                    },
                    many=True,
                ),
            )
        ),
        consulta=ConsumoConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        consumo = informes.consumo_por_modulo(ambito, **parametros)
        por_modulo = [
            {"modulo": uno.modulo, "costo": en_dinero(uno.costo), "lineas": uno.lineas}
            for uno in consumo.por_modulo
        ]
        return self.ver(consumo.filas, costo=en_dinero(consumo.costo), por_modulo=por_modulo)
