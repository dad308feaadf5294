"""Todos los productos (contrato E14)."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.cache import recordado
from inventario.borde.campos import EnteroCampo
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSalto
from inventario.existencias.api.productos import ProductoSerializer
from inventario.existencias.disponibilidad import vence_el_proximo_apartado
from inventario.nucleo.cache import Familia
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.api.comun import CUERPO, GRUPO, VistaDeReporte, por_paginas
from inventario.reportes.api.consultas import ConFormato
from inventario.reportes.api.salida import o_archivo


class InventarioConsulta(ConFormato):
    skip = EnteroCampo(minimo=0, required=False, help_text="Con skip o limit, por páginas; sin ellos, todo.")
    limit = EnteroCampo(minimo=1, maximo=500, required=False)


class InventarioBasico(VistaDeReporte):
    clave = "inventario-basico"
    consulta = InventarioConsulta

    @documentar(
        "Todos los productos",
        grupo=GRUPO,
        nombre="reporte_inventario_basico",
        descripcion=f"Por id. Trae todos; con `skip` o `limit`, por páginas. {CUERPO}",
        exito=o_archivo(ProductoSerializer(many=True)),
        consulta=InventarioConsulta,
    )
    @recordado(Familia.PRODUCTO, cambia=vence_el_proximo_apartado)
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        if not por_paginas(self.request):
            filas = informes.inventario_basico(ambito).filas
            return Response(
                ProductoSerializer(filas, many=True).data, headers={"X-Total-Count": str(len(filas))}
            )
        paginador = PorSalto()
        pagina = paginador.paginate_queryset(informes.productos(), self.request, self)
        contados = informes.contar(ambito, pagina)
        return paginador.get_paginated_response(ProductoSerializer(contados, many=True).data)
