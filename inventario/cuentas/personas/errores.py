"""Lo que la membresía de una persona puede rechazar."""

from __future__ import annotations

from inventario.nucleo.errores import Conflicto


class YaEsMiembro(Conflicto):
    codigo = "ya_es_miembro"
