"""Qué reportes hay, en el orden en que se ofrecen. Cada uno dice en su archivo cómo se ve."""

from __future__ import annotations

from inventario.panel.reportes.pagina import Pagina
from inventario.panel.reportes.paginas import (
    consumo,
    inventario,
    kardex,
    mermas,
    movimientos,
    por_vencer,
    rotacion,
    sin_usarse,
    top,
    valorizacion,
)

PAGINAS: dict[str, Pagina] = {
    uno.PAGINA.clave: uno.PAGINA
    for uno in (
        sin_usarse,
        rotacion,
        valorizacion,
        mermas,
        consumo,
        kardex,
        top,
        inventario,
        por_vencer,
        movimientos,
    )
}
