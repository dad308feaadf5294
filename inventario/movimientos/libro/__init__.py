"""El libro: la única puerta por la que cambia la existencia.

Escribir exige una `Hoja`, y una `Hoja` solo existe con sus existencias bloqueadas. Lo que se asienta
en ella se guarda entero al cerrarla, en un número de sentencias que no depende de cuántas líneas tenga.

`abrir` bloquea y da la hoja; `mirar` dice lo que hay en ella; `apartados`, lo que se promete; `hoja`, lo que
se asienta; `guardar` lo escribe.
"""

from inventario.movimientos.libro.abrir import abrir, bloquear
from inventario.movimientos.libro.hoja import Hoja, Linea
from inventario.movimientos.libro.mirar import Saldo

__all__ = ["Hoja", "Linea", "Saldo", "abrir", "bloquear"]
