"""Lo que se pide a cada reporte: la forma de su consulta."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers

from inventario.borde.campos import (
    BooleanoCampo,
    DiaCampo,
    EnteroCampo,
    IdCampo,
    InstanteCampo,
    OpcionCampo,
    Peticion,
    TextoCampo,
    exigir_rango,
)
from inventario.movimientos.models import TipoMovimiento
from inventario.reportes.informes.existencias import TOP, TOP_MAXIMO
from inventario.reportes.informes.valor import ROTACION_DIAS
from inventario.reportes.informes.vencimientos import AVISO_DIAS, CONSUMO_DIAS, HORIZONTE_DIAS

DIAS_MAXIMOS = 3650
PERIODO_MAXIMO = 366
FORMATOS = [("json", "JSON"), ("csv", "CSV"), ("xlsx", "Hoja de cálculo")]


class ConFormato(Peticion):
    """Toda consulta de reporte. `para_el_selector` deja los nombres que entiende el selector."""

    nombres: ClassVar[dict[str, str]] = {}

    formato = OpcionCampo(
        FORMATOS,
        required=False,
        default="json",
        help_text="csv: separado por «;», UTF-8 con marca de orden y coma decimal.",
    )

    @classmethod
    def para_el_selector(cls, datos: dict[str, Any]) -> dict[str, Any]:
        ajenos = {"formato", "bodega", "skip", "limit"}
        return {cls.nombres.get(clave, clave): valor for clave, valor in datos.items() if clave not in ajenos}


class DeBodega(ConFormato):
    bodega = TextoCampo(maximo=30, required=False, help_text="El código; sin él, todas las que alcanza.")


class TopConsulta(ConFormato):
    nombres = {"top_n": "n"}
    top_n = EnteroCampo(minimo=1, maximo=TOP_MAXIMO, required=False, default=TOP)


class InventarioConsulta(ConFormato):
    skip = EnteroCampo(minimo=0, required=False, help_text="Con skip o limit, por páginas; sin ellos, todo.")
    limit = EnteroCampo(minimo=1, maximo=500, required=False)


class PorVencerConsulta(DeBodega):
    nombres = {"days_threshold": "dias"}
    days_threshold = EnteroCampo(
        minimo=1, maximo=DIAS_MAXIMOS, required=False, help_text=f"Sin él, {AVISO_DIAS}."
    )
    days = EnteroCampo(
        minimo=1, maximo=DIAS_MAXIMOS, required=False, help_text="Otro nombre de days_threshold."
    )
    incluir_vencidos = BooleanoCampo(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        otro = attrs.pop("days", AVISO_DIAS)
        attrs.setdefault("days_threshold", otro)
        return attrs


class RangoConsulta(DeBodega):
    nombres = {"fecha_inicio": "desde", "fecha_fin": "hasta"}
    fecha_inicio = DiaCampo(help_text="Día local, incluido.")
    fecha_fin = DiaCampo(help_text="Día local, incluido entero.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        exigir_rango(attrs, "fecha_inicio", "fecha_fin")
        return attrs


class MovimientosConsulta(RangoConsulta):
    tipo = OpcionCampo(TipoMovimiento.choices, required=False)
    producto_id = IdCampo(required=False)
    skip = EnteroCampo(minimo=0, required=False, help_text="Con skip o limit, por páginas; sin ellos, todo.")
    limit = EnteroCampo(minimo=1, maximo=500, required=False)


class KardexConsulta(RangoConsulta):
    producto_id = IdCampo()


class ValorizacionConsulta(DeBodega):
    nombres = {"al": "instante"}
    al = InstanteCampo(required=False, help_text="Un instante pasado, con zona. Sin nada, ahora.")
    fecha = DiaCampo(required=False, help_text="En vez de `al`: el cierre de ese día local.")

    def validate_al(self, valor: Any) -> Any:
        if valor > timezone.now():
            raise serializers.ValidationError("No puede ser un instante futuro.", code="max_value")
        return valor

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "al" in attrs and "fecha" in attrs:
            raise serializers.ValidationError(
                {"fecha": "Diga uno solo de los dos: al o fecha."}, code="invalid"
            )
        return attrs


class RotacionConsulta(DeBodega):
    dias = EnteroCampo(
        minimo=1,
        maximo=PERIODO_MAXIMO,
        required=False,
        default=ROTACION_DIAS,
        help_text="Días completos anteriores a hoy.",
    )


class SinUsarseConsulta(DeBodega):
    dias_de_consumo = EnteroCampo(
        minimo=1,
        maximo=PERIODO_MAXIMO,
        required=False,
        default=CONSUMO_DIAS,
        help_text="De cuántos días completos anteriores a hoy se saca el ritmo.",
    )
    horizonte = EnteroCampo(
        minimo=1,
        maximo=DIAS_MAXIMOS,
        required=False,
        default=HORIZONTE_DIAS,
        help_text="Solo lo que vence dentro de estos días.",
    )


class ConsumoConsulta(RangoConsulta):
    modulo = TextoCampo(maximo=64, required=False)


# La consulta de cada reporte del catálogo: también valida los parámetros de una exportación.
CONSULTAS: dict[str, type[ConFormato]] = {
    "top-productos-disponibles": TopConsulta,
    "inventario-basico": InventarioConsulta,
    "lotes-por-vencer": PorVencerConsulta,
    "movimientos-por-rango-fecha": MovimientosConsulta,
    "valorizacion": ValorizacionConsulta,
    "rotacion": RotacionConsulta,
    "vencera-sin-usarse": SinUsarseConsulta,
    "mermas": RangoConsulta,
    "consumo-por-modulo": ConsumoConsulta,
    "kardex": KardexConsulta,
}
