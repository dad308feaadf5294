"""Lo que ve una cámara puesta delante de algo impreso."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.units import mm

from inventario.panel.tests.impreso import Trazo

# Dos por cada punto de la impresora de etiquetas, que hace ocho en un milímetro.
PIXELES_POR_MM = 16
# El papel en blanco que se ve alrededor.
ORILLA = 4 * PIXELES_POR_MM
NEGRO, BLANCO, SIN_COLOR = b"\x10", b"\xeb", b"\x80"


def filmar(negros: Sequence[Trazo], archivo: Path) -> None:
    """Guarda en Y4M, que Chromium toma por cámara, lo que se ve de cerca de esos trazos."""
    izquierda = min(_pixel(uno.x) for uno in negros) - ORILLA
    arriba = max(_pixel(uno.y + uno.alto) for uno in negros) + ORILLA
    columnas = _par(max(_pixel(uno.x + uno.ancho) for uno in negros) + ORILLA - izquierda)
    filas = _par(arriba + ORILLA - min(_pixel(uno.y) for uno in negros))
    papel = [bytearray(BLANCO * columnas) for _ in range(filas)]
    for uno in negros:
        desde, hasta = _pixel(uno.x) - izquierda, _pixel(uno.x + uno.ancho) - izquierda
        for fila in papel[arriba - _pixel(uno.y + uno.alto) : arriba - _pixel(uno.y)]:
            fila[desde:hasta] = NEGRO * (hasta - desde)
    cuadro = b"FRAME\n" + b"".join(papel) + SIN_COLOR * (columnas * filas // 2)
    archivo.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (columnas, filas) + cuadro * 2)


def _pixel(puntos: float) -> int:
    pixeles: int = round(puntos / mm * PIXELES_POR_MM)
    return pixeles


def _par(pixeles: int) -> int:
    """El color se guarda cada dos puntos: las medidas son pares."""
    return pixeles + pixeles % 2
