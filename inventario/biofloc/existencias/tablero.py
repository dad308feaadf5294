"""Avisos y tablero (§2.7, §2.8)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.catalogo.esquemas import (
    ArticuloFaltante,
    FiltroDeFaltantes,
    FiltroDeVencimientos,
    ListaDeFaltantes,
    ListaPorVencer,
    LotePorVencer,
    Tablero,
)
from inventario.biofloc.esquema import documentar
from inventario.biofloc.views import VistaBiofloc, recortar
from inventario.borde.rutas import ruta
from inventario.cuentas.permisos import Permiso
from inventario.existencias.disponibilidad import contar_desde
from inventario.lotes.selectors import que_vencen, valor_en
from inventario.nucleo.reloj import hoy_en
from inventario.productos import selectors

AVISO_DIAS = 30
RECIENTES = timedelta(days=7)


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
        faltantes = selectors.por_reordenar(modulo=filtro.get("module", ""), alcance=self.actor.alcance)
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


class TableroDeInventario(VistaBiofloc):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Inventory summary",
        nombre="biofloc_dashboard",
        grupo="dashboard",
        exito={200: Tablero},
        errores=(400,),
    )
    def get(self, request: Request) -> Response:
        bodega = self.bodega()
        ahora = timezone.now()
        hasta = hoy_en(self.actor.empresa.zona_horaria, ahora) + timedelta(days=AVISO_DIAS)
        catalogo = selectors.resumen_del_catalogo()
        recientes = contar_desde(ahora - RECIENTES, bodega=bodega)
        tablero = {
            "total_items": catalogo.productos,
            "active_items": catalogo.activos,
            "total_stock_value": valor_en(bodega),
            "low_stock_items": selectors.contar_por_reordenar(),
            "expiring_soon_items": que_vencen(bodega, hasta=hasta).count(),
            # Las órdenes de compra todavía no existen aquí.
            "pending_pos": 0,
            "recent_transactions_count": recientes,
            "total_categories": catalogo.categorias,
            "active_suppliers": catalogo.proveedores_activos,
            "recent_transactions_7d": recientes,
        }
        return Response(Tablero(tablero).data)


rutas = [
    ruta(r"inventory/alerts/low-stock", PocaExistencia.as_view(), nombre="poca_existencia"),
    ruta(r"inventory/alerts/expiry", PorVencer.as_view(), nombre="por_vencer"),
    ruta(r"inventory/dashboard", TableroDeInventario.as_view(), nombre="tablero"),
]
