"""Lo que vencerá antes de usarse."""

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
from inventario.reportes.api.consultas import DIAS_MAXIMOS, PERIODO_MAXIMO, DeBodega
from inventario.reportes.api.salida import o_archivo
from inventario.reportes.informes.sin_usarse import CONSUMO_DIAS, HORIZONTE_DIAS


class SinUsarseConsulta(DeBodega):
    dias_de_consumo = EnteroCampo(
        minimo=1,
        maximo=PERIODO_MAXIMO,
        required=False,
        default=CONSUMO_DIAS,
        help_text="De cuántos días completos anteriores a hoy se saca el ritmo.",
    )
    horizonte = EnteroCampo(
        minimo=1,
        maximo=DIAS_MAXIMOS,
        required=False,
        default=HORIZONTE_DIAS,
        help_text="Solo lo que vence dentro de estos días.",
    )


class VenceraSinUsarse(VistaDeReporte):
    clave = "vencera-sin-usarse"
    consulta = SinUsarseConsulta

    @documentar(
        "Lo que vencerá antes de usarse",
        grupo=GRUPO,
        nombre="reporte_vencera_sin_usarse",
        descripcion="Si cada producto sigue saliendo por FEFO al ritmo de los últimos `dias_de_consumo` días "
        "completos: de cada lote, cuánto quedará el día en que vence y cuánto dinero es. Un lote bloqueado "
        f"no sale: queda entero. {CUERPO}",
        exito=o_archivo(
            cuerpo(
                "VenceraSinUsarse",
                "vencera-sin-usarse",
                dias_de_consumo=EnteroCampo(),
                horizonte=EnteroCampo(),
                valor=CantidadCampo(minimo=0),
            )
        ),
        consulta=SinUsarseConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        sobra = informes.vencera_sin_usarse(ambito, **parametros)
        return self.ver(
            sobra.filas,
            dias_de_consumo=sobra.dias_de_consumo,
            horizonte=sobra.horizonte,
            valor=en_dinero(sobra.valor),
        )
