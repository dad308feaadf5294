"""Lo que consumió un módulo (§2.11)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.esquema import TEXTO, documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.comun import VistaDeExistencias
from inventario.biofloc.existencias.esquemas.consumo import ConsumoConsulta, ConsumoRespuesta
from inventario.cuentas.permisos import Permiso
from inventario.existencias import lineas
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.reloj import fin_del_dia, inicio_del_dia


class ConsumoDeModulo(VistaDeExistencias):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "What a module used, costliest first",
        nombre="module_consumption",
        grupo="modules",
        consulta=ConsumoConsulta,
        exito={200: ConsumoRespuesta},
        errores=(400,),
        ids={"module_name": TEXTO},
    )
    def get(self, request: Request, module_name: str) -> Response:
        datos = leer_consulta(ConsumoConsulta, request)
        desde, hasta, dias = self._periodo(datos)
        consumos = lineas.consumo_de_modulo(
            modulo=self.texto_de_ruta("module_name"), bodega=self.bodega(), desde=desde, hasta=hasta
        )
        respuesta = {
            "module_name": module_name,
            "items": [traduccion.consumo(uno) for uno in consumos],
            "total_cost": sum((uno.costo for uno in consumos), CERO),
            "total_items": len(consumos),
            "period_days": dias,
        }
        return Response(ConsumoRespuesta(respuesta).data)

    def _periodo(self, datos: dict[str, Any]) -> tuple[datetime, datetime, int]:
        """Desde, hasta (sin incluirlo) y cuántos días: los pedidos, o los últimos `days_back`."""
        zona, dias = self.actor.empresa.zona_horaria, datos["days_back"]
        inicio, fin = datos.get("start_date"), datos.get("end_date") or self.hoy()
        if inicio is None and "end_date" not in datos:
            return timezone.now() - timedelta(days=dias), fin_del_dia(fin, zona), dias
        if inicio is None:
            inicio = fin - timedelta(days=dias - 1)
        return inicio_del_dia(inicio, zona), fin_del_dia(fin, zona), max(0, (fin - inicio).days + 1)
