"""De qué lotes saldría un despacho."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import CantidadCampo, FechaCampo, IdCampo, Peticion, TextoCampo, leer_consulta
from inventario.borde.esquema import documentar
from inventario.borde.views import VistaDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.existencias.vista_previa import vista_previa
from inventario.lotes.api import hoy_de
from inventario.movimientos.api import ejemplos
from inventario.movimientos.api.comun import bodega_de, producto_de
from inventario.movimientos.api.formas import CANTIDAD
from inventario.movimientos.reparto import Politica, Toma
from inventario.movimientos.services.comprobaciones import exigir_divisible


class VistaPreviaConsulta(Peticion):
    producto_id = IdCampo()
    cantidad = CantidadCampo()
    bodega = TextoCampo(maximo=30, required=False)
    modulo = TextoCampo(maximo=64, required=False)


class TomaSerializer(serializers.Serializer[Any]):
    """De qué lote saldría cuánto."""

    lote_id = IdCampo(source="lote.pk")
    lote_codigo = TextoCampo(source="lote.codigo", maximo=100)
    fecha_vencimiento = FechaCampo(source="lote.vence_el", allow_null=True)
    cantidad = CantidadCampo()
    saldo_lote = serializers.SerializerMethodField(help_text="Lo que le quedaría.")

    def get_saldo_lote(self, toma: Toma) -> float:
        return CANTIDAD.to_representation(toma.lote.saldo - toma.cantidad)


class VistaPrevia(VistaDeEmpresa):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Muestra de qué lotes saldría un despacho",
        grupo="movimientos",
        nombre="vista_previa_del_despacho",
        descripcion="El mismo plan y los mismos rechazos que `despachar`, sin mover ni prometer nada.",
        exito={200: TomaSerializer(many=True)},
        consulta=VistaPreviaConsulta,
        errores=(400, 404),
        ejemplo_de_error=ejemplos.INSUFICIENTE,
    )
    def get(self, request: Request) -> Response:
        datos = leer_consulta(VistaPreviaConsulta, request)
        producto = producto_de(datos["producto_id"], consecuencia="no hay qué despachar")
        bodega = bodega_de(self.actor, datos.get("bodega"))
        modulo = datos.get("modulo", "")
        self.actor.alcance.exigir(bodega.pk)
        self.actor.exigir_modulo(modulo)
        exigir_divisible(producto, datos["cantidad"])
        tomas = vista_previa(
            producto=producto,
            bodega=bodega,
            cantidad=datos["cantidad"],
            politica=Politica.FEFO,
            ahora=timezone.now(),
            hoy=hoy_de(self.actor),
            modulo=modulo,
        )
        return Response(TomaSerializer(tomas, many=True).data)
