"""Lo que se pide a cualquier reporte; lo propio de uno está en su archivo."""

from __future__ import annotations

from typing import Any, ClassVar

from inventario.borde.campos import DiaCampo, OpcionCampo, Peticion, TextoCampo, exigir_rango

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


class RangoConsulta(DeBodega):
    nombres = {"fecha_inicio": "desde", "fecha_fin": "hasta"}
    fecha_inicio = DiaCampo(help_text="Día local, incluido.")
    fecha_fin = DiaCampo(help_text="Día local, incluido entero.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        exigir_rango(attrs, "fecha_inicio", "fecha_fin")
        return attrs
