"""Cuánto rota cada producto y para cuántos días alcanza."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import CantidadCampo, EnteroCampo
from inventario.borde.esquema import documentar
from inventario.nucleo.cantidades import en_dinero
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.api.comun import CUERPO, GRUPO, VistaDeReporte, cuerpo
from inventario.reportes.api.consultas import PERIODO_MAXIMO, DeBodega
from inventario.reportes.api.salida import o_archivo
from inventario.reportes.informes.rotacion_y_cobertura import ROTACION_DIAS


class RotacionConsulta(DeBodega):
    dias = EnteroCampo(
        minimo=1,
        maximo=PERIODO_MAXIMO,
        required=False,
        default=ROTACION_DIAS,
        help_text="Días completos anteriores a hoy.",
    )


class Rotacion(VistaDeReporte):
    clave = "rotacion"
    consulta = RotacionConsulta

    @documentar(
        "Cuánto rota cada producto y para cuántos días alcanza",
        grupo=GRUPO,
        nombre="reporte_rotacion",
        descripcion="En los `dias` completos anteriores a hoy. Primero lo que se agota antes; al final, lo "
        f"que no se consume. {CUERPO}",
        exito=o_archivo(
            cuerpo(
                "Rotacion",
                "rotacion",
                dias=EnteroCampo(),
                costo_consumido=CantidadCampo(minimo=0),
                valor_promedio=CantidadCampo(minimo=0),
                rotacion=CantidadCampo(minimo=0, allow_null=True),
            )
        ),
        consulta=RotacionConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        rota = informes.rotacion(ambito, **parametros)
        return self.ver(
            rota.filas,
            dias=rota.dias,
            costo_consumido=en_dinero(rota.costo_consumido),
            valor_promedio=en_dinero(rota.valor_promedio),
            rotacion=rota.rotacion,
        )
