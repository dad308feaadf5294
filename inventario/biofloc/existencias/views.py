"""Existencias de un ítem: entra, se usa, se ajusta (§2.4, §2.5)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_cuerpo
from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.esquemas import (
    AgregarPeticion,
    AgregarRespuesta,
    AjustarPeticion,
    AjustarRespuesta,
    Insuficiente,
    UsarPeticion,
    UsarRespuesta,
)
from inventario.biofloc.views import VistaBiofloc
from inventario.borde.rutas import ruta
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.movimientos import services
from inventario.movimientos.errores import ExistenciaInsuficiente, PeriodoCerrado
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import NoEncontrado
from inventario.nucleo.reloj import hoy_en
from inventario.productos import selectors
from inventario.productos.buscar import producto_vivo
from inventario.productos.models import Producto, Proveedor

GRUPO = "stock"
ITEM_DESCONOCIDO = "Item not found"


class VistaDeExistencias(VistaBiofloc):
    """Lo común: en qué bodega se actúa y cómo se nombra aquí lo que el dominio rechaza."""

    frases = {
        NoEncontrado: ITEM_DESCONOCIDO,
        PeriodoCerrado: "The books are closed for that date: use a later one",
    }
    nombres = {
        "cantidad": "quantity",
        "diferencia": "quantity_change",
        "cantidad_contada": "quantity_change",
        "fecha_ingreso": "purchase_date",
        "fecha_vencimiento": "expiry_date",
        "costo_unitario": "unit_cost",
    }

    def bodega(self) -> Bodega:
        if self.actor.bodega is None:
            raise Rechazo(400, "These credentials have no warehouse to act on")
        return self.actor.bodega

    def hoy(self) -> date:
        return hoy_en(self.actor.empresa.zona_horaria, timezone.now())

    def item(self, pk: int, *, solo_activo: bool = False) -> Producto:
        producto = producto_vivo(pk)
        if producto is None or (solo_activo and not producto.activo):
            raise Rechazo(404, ITEM_DESCONOCIDO)
        return producto


def insuficiente(error: ExistenciaInsuficiente, *, antes: str = "", adjetivo: str = "") -> Rechazo:
    frase = antes + traduccion.por_que_no_alcanza(error, adjetivo=adjetivo)
    return Rechazo(400, frase, **traduccion.cifras_de(error))


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


class Usar(VistaDeExistencias):
    permisos = {"POST": Permiso.DESPACHAR}

    @documentar(
        "Use stock: oldest batch first, all or nothing",
        nombre="stock_use",
        grupo=GRUPO,
        peticion=UsarPeticion,
        exito={200: UsarRespuesta},
        errores=(400, 404),
        cuerpo_de={400: Insuficiente},
        con_clave=True,
        ejemplo={"item_master_id": 41, "quantity": 14.5, "purpose": "Morning feed", "tank_id": 7},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(UsarPeticion, request)
        producto = self.item(datos["item_master_id"])
        try:
            asiento = services.despachar_peps(
                actor=self.actor,
                producto=producto,
                bodega=self.bodega(),
                cantidad=datos["quantity"],
                glosa=Glosa(
                    motivo=Motivo.CONSUMO,
                    texto=datos["purpose"],
                    modulo=datos.get("module_reference") or "",
                    tanque=datos.get("tank_id") or "",
                    notas=datos.get("notes") or "",
                ),
            )
        except ExistenciaInsuficiente as error:
            raise insuficiente(error) from error
        respuesta = {"success": True, "message": "Stock used", **traduccion.uso_de_lotes(asiento.lineas)}
        return Response(UsarRespuesta(respuesta).data)


class Ajustar(VistaDeExistencias):
    permisos = {"POST": Permiso.AJUSTAR}
    nombres = {**VistaDeExistencias.nombres, "cantidad": "quantity_change"}

    @documentar(
        "Adjust stock: increase, decrease or recount",
        nombre="stock_adjust",
        grupo=GRUPO,
        peticion=AjustarPeticion,
        exito={201: AjustarRespuesta},
        errores=(400, 404),
        con_clave=True,
        ejemplo={
            "item_master_id": 41,
            "adjustment_type": "recount",
            "quantity_change": 43,
            "reason": "Monthly count",
        },
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(AjustarPeticion, request)
        producto = self.item(datos["item_master_id"])
        contando = datos["adjustment_type"] == "recount"
        pedida = datos["quantity_change"]
        if contando and pedida < 0:
            raise Rechazo(400, f"Adjustment would result in negative stock ({traduccion.cifra(pedida)})")
        glosa = Glosa(
            motivo=Motivo.CONTEO if contando else Motivo.CORRECCION,
            texto=datos["reason"],
            notas=datos.get("notes") or "",
        )
        try:
            asiento = self._asentar(self.actor, producto, datos["adjustment_type"], pedida, glosa)
        except ExistenciaInsuficiente as error:
            queda = error.datos["disponible"] - error.datos["solicitado"]
            raise Rechazo(
                400, f"Adjustment would result in negative stock ({traduccion.cifra(queda)})"
            ) from error
        respuesta = {"success": True, **traduccion.ajustado(asiento, contada=pedida)}
        return Response(AjustarRespuesta(respuesta).data, status=201)

    def _asentar(
        self, actor: Actor, producto: Producto, clase: str, pedida: Decimal, glosa: Glosa
    ) -> Asiento | None:
        bodega = self.bodega()
        if clase == "recount":
            return services.contar_existencias(
                actor=actor, producto=producto, bodega=bodega, contada=pedida, glosa=glosa
            )
        # El signo no cuenta: lo dice el tipo de ajuste (§3.5).
        cambio = abs(pedida) if clase == "increase" else -abs(pedida)
        return services.ajustar_existencias(
            actor=actor, producto=producto, bodega=bodega, diferencia=cambio, glosa=glosa
        )


def _proveedor(pk: int | None) -> Proveedor | None:
    if pk is None:
        return None
    proveedor = selectors.proveedor_por_id(pk)
    if proveedor is None:
        raise Rechazo(400, "Supplier not found")
    return proveedor


rutas = [
    ruta(r"inventory/stock/add", Agregar.as_view(), nombre="stock_add"),
    ruta(r"inventory/stock/use", Usar.as_view(), nombre="stock_use"),
    ruta(r"inventory/stock/adjust", Ajustar.as_view(), nombre="stock_adjust"),
]
