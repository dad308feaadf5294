"""Lo que la API muestra del libro: una forma por entidad."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from inventario.borde.campos import (
    CantidadCampo,
    IdCampo,
    MomentoCampo,
    OpcionCampo,
    TextoCampo,
)
from inventario.cuentas.models import Bodega
from inventario.movimientos.documentos import lineas_al_alcance
from inventario.movimientos.models import Asiento, Motivo, Movimiento, TipoAsiento, TipoMovimiento
from inventario.nucleo.alcance import Alcance
from inventario.productos.models import Producto

CON = ("producto", "bodega", "lote", "asiento__actor")


class MovimientoSerializer(serializers.Serializer[Any]):
    """`cantidad` es siempre positiva: el sentido lo dice `tipo`. Pide las relaciones de `CON` cargadas."""

    id = IdCampo(source="pk")
    lote_id = IdCampo()
    tipo = OpcionCampo(
        TipoMovimiento.choices, help_text="De entradas, salidas y despachos: entrada o salida."
    )
    cantidad = serializers.SerializerMethodField()
    fecha_movimiento = MomentoCampo(source="fecha_efectiva")
    producto_id = IdCampo()
    producto_sku = TextoCampo(source="producto.sku", maximo=100, allow_null=True)
    producto_nombre = TextoCampo(source="producto.nombre", maximo=255)
    lote_codigo = TextoCampo(source="lote.codigo", maximo=100)
    bodega = TextoCampo(source="bodega.codigo", maximo=30)
    saldo_lote = CantidadCampo(source="saldo_lote_tras", minimo=0)
    costo_unitario = CantidadCampo(minimo=0)
    asiento_id = IdCampo()
    usuario = serializers.SerializerMethodField()
    persona_externa = serializers.SerializerMethodField()
    motivo = OpcionCampo(Motivo.choices, source="asiento.motivo")
    justificacion = TextoCampo(source="asiento.motivo_texto", maximo=500)
    referencia = TextoCampo(source="asiento.referencia", maximo=200)
    modulo = TextoCampo(source="asiento.modulo", maximo=64)
    tanque = TextoCampo(source="asiento.tanque", maximo=64)
    nota = TextoCampo(maximo=500)

    def get_cantidad(self, movimiento: Movimiento) -> float:
        return CANTIDAD.to_representation(abs(movimiento.cantidad))

    def get_usuario(self, movimiento: Movimiento) -> str:
        return str(movimiento.asiento.actor)

    def get_persona_externa(self, movimiento: Movimiento) -> str | None:
        return movimiento.asiento.externo_nombre or movimiento.asiento.externo_id or None


class AsientoSerializer(serializers.Serializer[Any]):
    id = IdCampo(source="pk")
    numero = IdCampo()
    tipo = OpcionCampo(TipoAsiento.choices)
    fecha_efectiva = MomentoCampo()
    registrado_en = MomentoCampo()
    usuario = serializers.SerializerMethodField()
    persona_externa = serializers.SerializerMethodField()
    motivo = OpcionCampo(Motivo.choices)
    justificacion = TextoCampo(source="motivo_texto", maximo=500)
    referencia = TextoCampo(maximo=200)
    modulo = TextoCampo(maximo=64)
    tanque = TextoCampo(maximo=64)
    lote_modulo = TextoCampo(maximo=64)
    sesion = IdCampo(allow_null=True)
    notas = TextoCampo(maximo=2000)
    documento_tipo = TextoCampo(maximo=40)
    documento_id = TextoCampo(maximo=64)
    revierte_id = IdCampo(allow_null=True)
    revertido_por_id = serializers.SerializerMethodField()

    def get_usuario(self, asiento: Asiento) -> str:
        return str(asiento.actor)

    def get_persona_externa(self, asiento: Asiento) -> str | None:
        return asiento.externo_nombre or asiento.externo_id or None

    def get_revertido_por_id(self, asiento: Asiento) -> int | None:
        reverso: Asiento | None = getattr(asiento, "reverso", None)
        return reverso.pk if reverso is not None else None


class AsientoConLineasSerializer(AsientoSerializer):
    movimientos = MovimientoSerializer(many=True, source="lineas")


class ResultadoDeAjusteSerializer(serializers.Serializer[Any]):
    """Qué cambió. Sin diferencia, `asiento_id` es nulo y no hay movimientos."""

    asiento_id = IdCampo(allow_null=True)
    cantidad_anterior = CantidadCampo(minimo=0)
    cantidad_nueva = CantidadCampo(minimo=0)
    diferencia = CantidadCampo(con_signo=True)
    movimientos = MovimientoSerializer(many=True)


CANTIDAD = CantidadCampo()


def con_todo(movimientos: QuerySet[Any]) -> QuerySet[Any]:
    return movimientos.select_related(*CON)


def ver_movimientos(movimientos: Iterable[Movimiento]) -> list[dict[str, Any]]:
    return [dict(fila) for fila in MovimientoSerializer(list(movimientos), many=True).data]


def ver_lineas(
    asiento: Asiento, productos: Iterable[Producto], bodegas: Iterable[Bodega]
) -> list[dict[str, Any]]:
    """Muestra las líneas recién asentadas con lo que ya se tenía leído, sin volver a la base."""
    por_producto = {producto.pk: producto for producto in productos}
    por_bodega = {bodega.pk: bodega for bodega in bodegas}
    for linea in asiento.lineas:
        linea.producto = por_producto[linea.producto_id]
        linea.bodega = por_bodega[linea.bodega_id]
    return ver_movimientos(asiento.lineas)


def ver_asiento(asiento: Asiento, alcance: Alcance) -> dict[str, Any]:
    """Muestra el asiento con las líneas de ese alcance, releídas: son pocas y traen todas sus relaciones."""
    asiento.lineas = list(con_todo(lineas_al_alcance(asiento, alcance)).order_by("pk"))
    return dict(AsientoConLineasSerializer(asiento).data)
