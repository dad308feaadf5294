"""El resumen del inventario (§2.8)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias.esquemas.tablero import Tablero
from inventario.biofloc.views import VistaBiofloc
from inventario.cuentas.permisos import Permiso
from inventario.existencias.lineas import contar_desde
from inventario.existencias.reorden import contar_por_reordenar
from inventario.lotes.selectors import que_vencen, valor_en
from inventario.nucleo.reloj import hoy_en
from inventario.productos import selectors

AVISO_DIAS = 30
RECIENTES = timedelta(days=7)


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
            "low_stock_items": contar_por_reordenar(),
            "expiring_soon_items": que_vencen(bodega, hasta=hasta).count(),
            # Las órdenes de compra todavía no existen aquí.
            "pending_pos": 0,
            "recent_transactions_count": recientes,
            "total_categories": catalogo.categorias,
            "active_suppliers": catalogo.proveedores_activos,
            "recent_transactions_7d": recientes,
        }
        return Response(Tablero(tablero).data)
