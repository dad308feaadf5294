"""La vista de la que parten todos los reportes: en JSON, o en el archivo que se pida."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import leer_consulta
from inventario.borde.views import VistaDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.movimientos.api.comun import bodega_de
from inventario.nucleo.errores import DatoInvalido
from inventario.reportes.ambito import Ambito, ambito_de
from inventario.reportes.api.consultas import ConFormato
from inventario.reportes.api.salida import SinMirarAccept, en_archivo, forma_de, ver_filas
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.indice import REPORTES
from inventario.reportes.reporte import Reporte

GRUPO = "reportes"
CUERPO = "Con `formato` csv o xlsx responde el archivo, con las mismas columnas."


class VistaDeReporte(VistaDeEmpresa):
    """`responder` manda el archivo si se pidió; en JSON, cada reporte arma el suyo."""

    permisos = {"GET": Permiso.VER}
    content_negotiation_class = SinMirarAccept
    clave: ClassVar[str]
    consulta: ClassVar[type[ConFormato]]

    @property
    def reporte(self) -> Reporte:
        return REPORTES[self.clave]

    def responder(self, request: Request) -> HttpResponseBase:
        datos = leer_consulta(self.consulta, request)
        ambito = ambito_de(self.actor, bodega=self.bodega(datos))
        parametros = parametros_de(self.consulta, datos, ambito)
        if datos["formato"] == "json":
            return self.en_json(ambito, parametros)
        self.exigir_que_quepa(ambito, parametros)
        formato = Formato(datos["formato"])
        return en_archivo(self.actor, self.reporte, formato, self.reporte.tandas(ambito, parametros))

    def bodega(self, datos: dict[str, Any]) -> int | None:
        return bodega_de(self.actor, datos["bodega"]).pk if "bodega" in datos else None

    def exigir_que_quepa(self, ambito: Ambito, parametros: dict[str, Any]) -> None:
        """Por producto o por lote siempre cabe."""

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        raise NotImplementedError

    def ver(self, filas: list[Any], **totales: Any) -> Response:
        """El cuerpo de los reportes nuevos: las filas, con las claves del archivo, y sus totales."""
        return Response({**totales, "filas": ver_filas(self.reporte.columnas, filas)})


def parametros_de(clase: type[ConFormato], datos: dict[str, Any], ambito: Ambito) -> dict[str, Any]:
    """Los parámetros del selector; el cierre de un día, que no puede ser futuro, es su último instante."""
    parametros = clase.para_el_selector(datos)
    if "fecha" in parametros:
        fecha = parametros.pop("fecha")
        if fecha > ambito.hoy:
            raise DatoInvalido("No puede ser un día futuro.", campo="fecha", codigo="max_value")
        parametros["instante"] = ambito.rango(fecha, fecha)[1] - timedelta(microseconds=1)
    return parametros


def por_paginas(request: Request) -> bool:
    return any(request.query_params.get(clave) for clave in ("skip", "limit"))


def cuerpo(nombre: str, clave: str, **totales: Any) -> serializers.Serializer[Any]:
    """La forma del cuerpo de un reporte nuevo: totales y filas."""
    filas = forma_de(f"FilaDe{nombre}", REPORTES[clave].columnas)(many=True)
    forma: serializers.Serializer[Any] = inline_serializer(f"ReporteDe{nombre}", {**totales, "filas": filas})
    return forma
