"""Avisos: lo que falta y lo que está por vencer (§2.7)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias.esquemas.avisos import (
    ArticuloFaltante,
    FiltroDeFaltantes,
    FiltroDeVencimientos,
    ListaDeFaltantes,
    ListaPorVencer,
    LotePorVencer,
)
from inventario.biofloc.listas import recortar
from inventario.biofloc.views import VistaBiofloc
from inventario.cuentas.permisos import Permiso
from inventario.existencias.reorden import por_reordenar
from inventario.lotes.selectors import que_vencen
from inventario.nucleo.reloj import hoy_en


class PocaExistencia(VistaBiofloc):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Active items at or below their reorder threshold",
        nombre="biofloc_alerts_low_stock",
        grupo="alerts",
        exito={200: ListaDeFaltantes},
        consulta=FiltroDeFaltantes,
    )
    def get(self, request: Request) -> Response:
        filtro = leer_consulta(FiltroDeFaltantes, request)
        faltantes = por_reordenar(modulo=filtro.get("module", ""))
        pagina = recortar(faltantes, filtro)
        return Response({"items": ArticuloFaltante(pagina, many=True).data, "total": len(faltantes)})


class PorVencer(VistaBiofloc):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Batches with stock that expire soon or already expired",
        nombre="biofloc_alerts_expiry",
        grupo="alerts",
        exito={200: ListaPorVencer},
        consulta=FiltroDeVencimientos,
        errores=(400,),
    )
    def get(self, request: Request) -> Response:
        filtro = leer_consulta(FiltroDeVencimientos, request)
        hoy = hoy_en(self.actor.empresa.zona_horaria, timezone.now())
        lotes = list(que_vencen(self.bodega(), hasta=hoy + timedelta(days=filtro["days"])))
        pagina = LotePorVencer(recortar(lotes, filtro), many=True, context={"hoy": hoy})
        return Response({"items": pagina.data, "total": len(lotes)})
