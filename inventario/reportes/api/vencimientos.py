"""Los lotes por vencer (contrato E15)."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import BooleanoCampo, EnteroCampo
from inventario.borde.esquema import documentar
from inventario.lotes.api import LoteSerializer, ver_lotes
from inventario.nucleo.cantidades import en_dinero
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.api.comun import CUERPO, GRUPO, VistaDeReporte
from inventario.reportes.api.consultas import DIAS_MAXIMOS, DeBodega
from inventario.reportes.api.salida import o_archivo
from inventario.reportes.informes.vencimientos import AVISO_DIAS


class PorVencerConsulta(DeBodega):
    nombres = {"days_threshold": "dias"}
    days_threshold = EnteroCampo(
        minimo=1, maximo=DIAS_MAXIMOS, required=False, help_text=f"Sin él, {AVISO_DIAS}."
    )
    days = EnteroCampo(
        minimo=1, maximo=DIAS_MAXIMOS, required=False, help_text="Otro nombre de days_threshold."
    )
    incluir_vencidos = BooleanoCampo(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        otro = attrs.pop("days", AVISO_DIAS)
        attrs.setdefault("days_threshold", otro)
        return attrs


class LotesPorVencer(VistaDeReporte):
    clave = "lotes-por-vencer"
    consulta = PorVencerConsulta

    @documentar(
        "Los lotes que están por vencer",
        grupo=GRUPO,
        nombre="reporte_lotes_por_vencer",
        descripcion="Con saldo y vencimiento entre hoy y hoy + `days_threshold`, ambos incluidos, por "
        f"vencimiento y luego por id. `X-Total-Valor` es lo que cuestan. {CUERPO}",
        exito=o_archivo(LoteSerializer(many=True)),
        consulta=PorVencerConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        por_vencer = informes.lotes_por_vencer(ambito, **parametros)
        return Response(
            ver_lotes(self.actor, [fila.lote for fila in por_vencer.filas]),
            headers={
                "X-Total-Count": str(len(por_vencer.filas)),
                "X-Total-Valor": str(en_dinero(por_vencer.valor)),
            },
        )
