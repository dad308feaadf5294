"""Agregar existencia: abre un lote (§2.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.comun import GRUPO, VistaDeExistencias
from inventario.biofloc.existencias.esquemas.entradas import AgregarPeticion, AgregarRespuesta
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.productos import selectors
from inventario.productos.models import Proveedor


class Agregar(VistaDeExistencias):
    permisos = {"POST": Permiso.REGISTRAR_ENTRADA}

    @documentar(
        "Add stock: opens a batch",
        nombre="stock_add",
        grupo=GRUPO,
        peticion=AgregarPeticion,
        exito={201: AgregarRespuesta},
        errores=(400, 404),
        con_clave=True,
        ejemplo={
            "item_master_id": 41,
            "quantity": 36,
            "unit_cost": "55.00",
            "purchase_date": "2027-03-14",
            "expiry_date": "2027-09-14",
            "batch_number": "L-07",
        },
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(AgregarPeticion, request)
        producto = self.item(datos["item_master_id"])
        if not producto.activo:
            raise Rechazo(400, f"Item is inactive: {traduccion.item_legible(producto)}")
        compra = datos.get("po_number") or ""
        asiento = services.registrar_entrada(
            actor=self.actor,
            producto=producto,
            bodega=self.bodega(),
            cantidad=datos["quantity"],
            costo_unitario=datos["unit_cost"],
            vence_el=datos.get("expiry_date"),
            codigo=datos.get("batch_number") or "",
            proveedor=_proveedor(datos.get("supplier_id")),
            referencia_proveedor=compra,
            # Lo vencido se anota para poder darlo de baja: no saldrá por ningún uso.
            permitir_vencido=True,
            fecha_ingreso=self._fecha_de_compra(datos["purchase_date"]),
            glosa=Glosa(motivo=Motivo.COMPRA, referencia=compra, notas=datos.get("notes") or ""),
        )
        linea = asiento.lineas[0]
        respuesta = {
            "success": True,
            "message": "Stock added",
            "batch_id": linea.lote_id,
            "new_total_qty": linea.fisica_tras,
        }
        return Response(AgregarRespuesta(respuesta).data, status=201)

    def _fecha_de_compra(self, dia: date) -> date:
        """El navegador pone la fecha UTC, que de tarde ya es la de mañana aquí (decisión 10)."""
        hoy = self.hoy()
        if dia <= hoy:
            return dia
        if dia == datetime.now(UTC).date():
            return hoy
        raise serializers.ValidationError(
            {"purchase_date": ["Date should not be in the future"]}, code="date_past"
        )


def _proveedor(pk: int | None) -> Proveedor | None:
    if pk is None:
        return None
    proveedor = selectors.proveedor_por_id(pk)
    if proveedor is None:
        raise Rechazo(400, "Supplier not found")
    return proveedor
