"""Cuánto vale el inventario."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import CantidadCampo, DiaCampo, InstanteCampo, MomentoCampo
from inventario.borde.esquema import documentar
from inventario.nucleo.cantidades import en_dinero
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.api.comun import CUERPO, GRUPO, VistaDeReporte, cuerpo
from inventario.reportes.api.consultas import DeBodega
from inventario.reportes.api.salida import o_archivo


class ValorizacionConsulta(DeBodega):
    nombres = {"al": "instante"}
    al = InstanteCampo(required=False, help_text="Un instante pasado, con zona. Sin nada, ahora.")
    fecha = DiaCampo(required=False, help_text="En vez de `al`: el cierre de ese día local.")

    def validate_al(self, valor: Any) -> Any:
        if valor > timezone.now():
            raise serializers.ValidationError("No puede ser un instante futuro.", code="max_value")
        return valor

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "al" in attrs and "fecha" in attrs:
            raise serializers.ValidationError(
                {"fecha": "Diga uno solo de los dos: al o fecha."}, code="invalid"
            )
        return attrs


class Valorizacion(VistaDeReporte):
    clave = "valorizacion"
    consulta = ValorizacionConsulta

    @documentar(
        "Cuánto vale el inventario",
        grupo=GRUPO,
        nombre="reporte_valorizacion",
        descripcion="Ahora, en un instante (`al`) o al cierre de un día (`fecha`): la suma de los "
        f"movimientos hasta ahí, cada uno a su costo. {CUERPO}",
        exito=o_archivo(
            cuerpo("Valorizacion", "valorizacion", al=MomentoCampo(), valor=CantidadCampo(minimo=0))
        ),
        consulta=ValorizacionConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        valores = informes.valorizacion(ambito, **parametros)
        al = MomentoCampo().to_representation(valores.al)
        return self.ver(valores.filas, al=al, valor=en_dinero(valores.valor))
