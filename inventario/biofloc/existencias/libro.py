"""Lo que ya se asentó: transacciones, ajustes y consumo de un módulo (§2.5, §2.8, §2.11)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.esquema import TEXTO, documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.esquemas import (
    Ajustes,
    AjustesConsulta,
    Transacciones,
    TransaccionesConsulta,
)
from inventario.biofloc.existencias.esquemas_varias import ConsumoConsulta, ConsumoRespuesta
from inventario.biofloc.existencias.views import GRUPO, VistaDeExistencias
from inventario.borde.campos import ID_MAXIMO
from inventario.borde.rutas import ruta
from inventario.cuentas.permisos import Permiso
from inventario.existencias import lineas
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.reloj import fin_del_dia, inicio_del_dia

_ENTERO = re.compile(r"\d{1,40}", re.ASCII)


class TransaccionesDeExistencias(VistaDeExistencias):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Stock ledger, newest first",
        nombre="stock_transactions",
        grupo=GRUPO,
        consulta=TransaccionesConsulta,
        exito={200: Transacciones},
        errores=(400,),
    )
    def get(self, request: Request) -> Response:
        datos = leer_consulta(TransaccionesConsulta, request)
        tipos, compradas = _tipos(datos.get("transaction_type") or "")
        pagina = lineas.lineas_asentadas(
            bodega=self.bodega(),
            desde=timezone.now() - timedelta(days=datos["days_back"]),
            producto=_item_o_nada(datos.get("item_id") or ""),
            tipos=tipos,
            compradas=compradas,
            salto=(datos["page"] - 1) * datos["limit"],
            limite=datos["limit"],
        )
        respuesta = {
            "transactions": [traduccion.transaccion(linea) for linea in pagina.filas],
            "total": pagina.total,
            "page": datos["page"],
            "limit": datos["limit"],
        }
        return Response(Transacciones(respuesta).data)


def _tipos(texto: str) -> tuple[Any, bool | None]:
    """Los tipos de línea de ese tipo ajeno: vacío es todos, uno desconocido ninguno."""
    if not texto:
        return None, None
    return traduccion.TIPOS.get(texto, (frozenset(), None))


def _item_o_nada(texto: str) -> int | None:
    """Un id que no es un número no filtra; uno que no puede existir no encuentra nada (§1.9)."""
    if not _ENTERO.fullmatch(texto):
        return None
    numero = int(texto)
    return numero if numero <= ID_MAXIMO else 0


class AjustesDeExistencias(VistaDeExistencias):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Stock adjustments, newest first",
        nombre="stock_adjustments",
        grupo=GRUPO,
        consulta=AjustesConsulta,
        exito={200: Ajustes},
        errores=(400,),
    )
    def get(self, request: Request) -> Response:
        datos = leer_consulta(AjustesConsulta, request)
        pagina = lineas.ajustes_hechos(
            bodega=self.bodega(),
            desde=timezone.now() - timedelta(days=datos["days_back"]),
            producto=datos.get("item_id"),
            salto=(datos["page"] - 1) * datos["limit"],
            limite=datos["limit"],
        )
        respuesta = {
            "adjustments": [traduccion.ajuste(hecho) for hecho in pagina.filas],
            "total": pagina.total,
            "page": datos["page"],
            "limit": datos["limit"],
        }
        return Response(Ajustes(respuesta).data)


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


rutas = [
    ruta(r"inventory/transactions", TransaccionesDeExistencias.as_view(), nombre="stock_transactions"),
    ruta(r"inventory/stock/adjustments", AjustesDeExistencias.as_view(), nombre="stock_adjustments"),
    ruta(
        r"inventory/module/(?P<module_name>[^/]+)/consumption",
        ConsumoDeModulo.as_view(),
        nombre="module_consumption",
    ),
]
