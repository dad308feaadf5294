"""Ajustar la existencia de un ítem, y lo ya ajustado (§2.5)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.comun import GRUPO, VistaDeExistencias
from inventario.biofloc.existencias.esquemas.ajustes import (
    AjustarPeticion,
    AjustarRespuesta,
    Ajustes,
    AjustesConsulta,
)
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.existencias import lineas
from inventario.movimientos import services
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo
from inventario.nucleo.actores import Actor
from inventario.productos.models import Producto


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
