"""Lo que se pide al libro: la forma de cada cuerpo. Si alcanza o se puede lo dicen los servicios."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from inventario.borde.campos import (
    BooleanoCampo,
    CantidadCampo,
    DiaCampo,
    EnteroCampo,
    FechaCampo,
    IdCampo,
    OpcionCampo,
    Peticion,
    TextoCampo,
    codigo_de_bodega,
    opcional,
)
from inventario.movimientos.models import TipoAsiento
from inventario.movimientos.models.tipos import PERDIDAS, opciones_de
from inventario.movimientos.reparto import Politica
from inventario.nucleo.cantidades import TOPE

LARGO_DE_JUSTIFICACION = 10
# Con estos nombres les da el suyo la documentación.
MOTIVOS_DE_ENTRADA = opciones_de(TipoAsiento.ENTRADA)
MOTIVOS_DE_DESPACHO = opciones_de(TipoAsiento.SALIDA)
MOTIVOS_DE_SALIDA = opciones_de(TipoAsiento.SALIDA, *PERDIDAS)
MOTIVOS_PARA_AJUSTAR = opciones_de(TipoAsiento.AJUSTE)


class ConGlosa(Peticion):
    referencia = opcional(200, help_text="El documento o número que lo pidió.")
    justificacion = opcional(500, help_text="Por qué, en palabras.")
    notas = opcional(2000, multilinea=True)


class ParaUnModulo(ConGlosa):
    modulo = opcional(64, help_text="El módulo de la granja que lo usa: gasta sus reservas.")
    tanque = opcional(64)
    lote_modulo = opcional(64, help_text="El lote de siembra del módulo, no el de inventario.")
    sesion = EnteroCampo(minimo=0, required=False, allow_null=True)


class RegistrarEntradaPeticion(ConGlosa):
    producto_id = IdCampo()
    bodega = codigo_de_bodega()
    cantidad_recibida = CantidadCampo()
    fecha_vencimiento = FechaCampo(required=False, allow_null=True, help_text="Sin ella, no vence.")
    permitir_vencido = BooleanoCampo(
        required=False, default=False, help_text="Admite una fecha pasada; exige permiso para ajustar."
    )
    fecha_ingreso = DiaCampo(required=False, allow_null=True, help_text="No futura; sin ella, hoy.")
    costo_unitario = CantidadCampo(minimo=0, required=False, allow_null=True, help_text="Sin él, cero.")
    codigo_lote = opcional(100, help_text="El código del proveedor; puede repetirse.")
    proveedor_id = IdCampo(required=False, allow_null=True)
    referencia_proveedor = opcional(100)
    motivo = OpcionCampo(MOTIVOS_DE_ENTRADA, required=False)


class RegistrarSalidaPeticion(ParaUnModulo):
    lote_id = IdCampo()
    cantidad = CantidadCampo()
    motivo = OpcionCampo(
        MOTIVOS_DE_SALIDA,
        required=False,
        help_text="Uno de pérdida admite un lote vencido o bloqueado y exige permiso para ajustar.",
    )


class DespachoPeticion(ParaUnModulo):
    producto_id = IdCampo()
    bodega = codigo_de_bodega()
    cantidad = CantidadCampo()
    motivo = OpcionCampo(MOTIVOS_DE_DESPACHO, required=False)


class _LoteOProducto(Peticion):
    bodega_de_producto = "bodega"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        exactamente_uno(attrs, "lote_id", "producto_id")
        if "lote_id" in attrs and attrs.get(self.bodega_de_producto):
            raise serializers.ValidationError(
                {self.bodega_de_producto: "El lote ya está en una bodega: no se nombra otra."}, code="invalid"
            )
        return attrs


class AjustePeticion(_LoteOProducto, ConGlosa):
    lote_id = IdCampo(required=False)
    producto_id = IdCampo(required=False)
    bodega = codigo_de_bodega()
    cantidad_contada = CantidadCampo(minimo=0, required=False, help_text="Lo que de verdad hay.")
    diferencia = CantidadCampo(
        con_signo=True, minimo=-TOPE, required=False, help_text="Lo que se suma (o resta, con signo menos)."
    )
    motivo = OpcionCampo(MOTIVOS_PARA_AJUSTAR)
    justificacion = TextoCampo(maximo=500, help_text=f"Al menos {LARGO_DE_JUSTIFICACION} caracteres.")

    def validate_justificacion(self, valor: str) -> str:
        if len(valor) < LARGO_DE_JUSTIFICACION:
            raise serializers.ValidationError(
                f"Debe tener al menos {LARGO_DE_JUSTIFICACION} caracteres.", code="min_length"
            )
        return valor

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        exactamente_uno(attrs, "cantidad_contada", "diferencia")
        return super().validate(attrs)


class TrasladoPeticion(_LoteOProducto, ConGlosa):
    bodega_de_producto = "desde"

    lote_id = IdCampo(required=False)
    producto_id = IdCampo(required=False)
    cantidad = CantidadCampo()
    desde = opcional(30, help_text="Código; sin nombrarla, la habitual. Un lote ya dice la suya.")
    hacia = TextoCampo(maximo=30, help_text="El código de la bodega de destino.")
    politica = OpcionCampo(
        Politica.choices, required=False, help_text="En qué orden salen los lotes de un producto."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "producto_id" in attrs and "politica" not in attrs:
            raise serializers.ValidationError(
                {"politica": f"Diga en qué orden salen los lotes: {', '.join(Politica.values)}."},
                code="required",
            )
        return attrs


class ReversoPeticion(Peticion):
    motivo = TextoCampo(maximo=500, help_text="Por qué se revierte.")


class BloqueoPeticion(Peticion):
    motivo = TextoCampo(maximo=255)


def exactamente_uno(datos: dict[str, Any], uno: str, otro: str) -> None:
    if (uno in datos) == (otro in datos):
        raise serializers.ValidationError(
            {uno: f"Diga exactamente uno de los dos: {uno} o {otro}."},
            code="required" if uno not in datos else "invalid",
        )
