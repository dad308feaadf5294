"""La glosa de un asiento: por qué, para quién, con qué papel."""

from __future__ import annotations

from dataclasses import dataclass

from inventario.movimientos.models import Importacion, Motivo


@dataclass(frozen=True, slots=True)
class Glosa:
    """Lo que acompaña a un asiento y no son cantidades. Los largos máximos son los de sus columnas.

    `modulo`, `tanque`, `lote_modulo` y `sesion` dicen para qué parte de la granja salió;
    `documento_tipo` y `documento_id`, qué documento lo pidió.
    """

    motivo: Motivo = Motivo.OTRO
    texto: str = ""
    referencia: str = ""
    modulo: str = ""
    tanque: str = ""
    lote_modulo: str = ""
    sesion: int | None = None
    notas: str = ""
    documento_tipo: str = ""
    documento_id: str = ""
    importacion: Importacion | None = None


SIN_GLOSA = Glosa()
