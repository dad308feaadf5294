"""Usar existencia de un ítem (§2.4)."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.comun import GRUPO, VistaDeExistencias, insuficiente
from inventario.biofloc.existencias.esquemas.usos import Insuficiente, UsarPeticion, UsarRespuesta
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.movimientos import services
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo


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
