"""El libro de existencias, lo más nuevo primero (§2.8)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.comun import GRUPO, VistaDeExistencias
from inventario.biofloc.existencias.esquemas.transacciones import Transacciones, TransaccionesConsulta
from inventario.borde.campos import ID_MAXIMO
from inventario.cuentas.permisos import Permiso
from inventario.existencias import lineas

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
