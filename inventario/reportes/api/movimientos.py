"""Los movimientos entre dos días (contrato E16)."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import EnteroCampo, IdCampo, OpcionCampo
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSalto
from inventario.movimientos.api.formas import MovimientoSerializer, ver_movimientos
from inventario.movimientos.models import TipoMovimiento
from inventario.nucleo.cantidades import en_dinero, en_numero
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.api.comun import CUERPO, GRUPO, VistaDeReporte, por_paginas
from inventario.reportes.api.consultas import RangoConsulta
from inventario.reportes.api.salida import o_archivo
from inventario.reportes.errores import DemasiadasFilas

# Más no cabe en una respuesta que alguien espere: se pide como exportación.
FILAS_EN_LINEA = 20_000


class MovimientosConsulta(RangoConsulta):
    tipo = OpcionCampo(TipoMovimiento.choices, required=False)
    producto_id = IdCampo(required=False)
    skip = EnteroCampo(minimo=0, required=False, help_text="Con skip o limit, por páginas; sin ellos, todo.")
    limit = EnteroCampo(minimo=1, maximo=500, required=False)


class MovimientosEnRango(VistaDeReporte):
    clave = "movimientos-por-rango-fecha"
    consulta = MovimientosConsulta

    @documentar(
        "Los movimientos entre dos días",
        grupo=GRUPO,
        nombre="reporte_movimientos_por_rango",
        descripcion="Ambos días enteros, en la zona de la empresa, por fecha efectiva y luego por id. Trae "
        f"todos, hasta {FILAS_EN_LINEA} (más: por páginas con `skip` o `limit`, o como exportación). Los "
        "totales del rango entero van en X-Total-Count, X-Total-Entradas, X-Total-Salidas, "
        f"X-Total-Valor-Entradas y X-Total-Valor-Salidas. {CUERPO}",
        exito=o_archivo(MovimientoSerializer(many=True)),
        consulta=MovimientosConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def exigir_que_quepa(self, ambito: Ambito, parametros: dict[str, Any]) -> None:
        exigir_que_quepa(informes.movimientos_en_rango(ambito, **parametros).totales().lineas)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        rango = informes.movimientos_en_rango(ambito, **parametros)
        totales = rango.totales()
        if por_paginas(self.request):
            paginador = PorSalto()
            pagina = paginador.paginate_queryset(rango.consulta, self.request, self)
            respuesta = paginador.get_paginated_response(ver_movimientos(pagina))
        else:
            exigir_que_quepa(totales.lineas)
            respuesta = Response(ver_movimientos(rango.consulta))
        respuesta["X-Total-Count"] = str(totales.lineas)
        respuesta["X-Total-Entradas"] = str(en_numero(totales.entradas))
        respuesta["X-Total-Salidas"] = str(en_numero(totales.salidas))
        respuesta["X-Total-Valor-Entradas"] = str(en_dinero(totales.valor_entradas))
        respuesta["X-Total-Valor-Salidas"] = str(en_dinero(totales.valor_salidas))
        return respuesta


def exigir_que_quepa(lineas: int) -> None:
    if lineas > FILAS_EN_LINEA:
        raise DemasiadasFilas(
            f"Son {lineas} movimientos y caben {FILAS_EN_LINEA}: acorte el rango, pídalo por páginas con "
            "skip y limit, o como exportación.",
            campo="fecha_fin",
            codigo="max_value",
        )
