"""Los reportes que hay, en el orden en que se ofrecen. Cada uno está entero en su archivo de `informes`."""

from __future__ import annotations

from inventario.nucleo.errores import DatoInvalido
from inventario.reportes.informes import (
    consumo,
    inventario,
    kardex,
    movimientos,
    perdidas,
    rotacion_y_cobertura,
    sin_usarse,
    top,
    valor,
    vencimientos,
)
from inventario.reportes.reporte import Reporte

REPORTES: dict[str, Reporte] = {
    uno.REPORTE.clave: uno.REPORTE
    for uno in (
        top,
        inventario,
        vencimientos,
        movimientos,
        valor,
        rotacion_y_cobertura,
        sin_usarse,
        perdidas,
        consumo,
        kardex,
    )
}


def reporte_de(clave: str) -> Reporte:
    """Devuelve el reporte de ese nombre; lanza `DatoInvalido` con los que hay."""
    if clave not in REPORTES:
        raise DatoInvalido(f"Se admite: {', '.join(REPORTES)}.", campo="reporte", codigo="invalid_choice")
    return REPORTES[clave]
