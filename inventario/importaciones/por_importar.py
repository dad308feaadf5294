"""Qué se pide importar y qué se cuenta después."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inventario.cuentas.models import Bodega
from inventario.importaciones.leer.planillas import Rechazo
from inventario.movimientos.models import Importacion
from inventario.movimientos.reparto import Politica
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio


@dataclass(frozen=True, slots=True)
class PorImportar:
    """Qué se importa y cómo. Sin `aplicar` es un ensayo: hace todo y lo deshace.

    `politica` es obligatoria en las salidas. `divisibles` son unidades que se declaran divisibles antes.
    `repetir` admite un archivo que ya se importó. `nombre` es cómo se llama el archivo, si en el disco
    está con otro.
    """

    clase: str
    archivo: Path
    nombre: str = ""
    politica: Politica | None = None
    bodega: Bodega | None = None
    divisibles: Sequence[str] = ()
    aplicar: bool = False
    omitir_rechazados: bool = False
    repetir: bool = False


@dataclass(slots=True)
class Informe:
    """Qué pasó. `aplicado` dice si quedó escrito; con `importacion` se puede deshacer."""

    leidas: int = 0
    aceptadas: int = 0
    rechazos: list[Rechazo] = field(default_factory=list)
    avisos: list[str] = field(default_factory=list)
    aplicado: bool = False
    importacion: Importacion | None = None

    @property
    def rechazadas(self) -> int:
        """Filas, no quejas: una fila puede tener varias celdas mal."""
        return len({rechazo.fila for rechazo in self.rechazos})


def rechazos_de(numero: int, error: ErrorDeDominio) -> list[Rechazo]:
    """Vuelve un error de dominio lo que se dice de una fila."""
    if not isinstance(error, DatoInvalido):
        return [Rechazo(numero, "", error.codigo, error.mensaje)]
    return [Rechazo(numero, _COLUMNA.get(d.campo, d.campo), d.codigo, d.mensaje) for d in error.detalles]


# El servicio nombra sus campos como la API; quien importa ve los títulos de su planilla.
_COLUMNA = {"fecha_vencimiento": "vence", "fecha_ingreso": "fecha", "codigo": "lote"}
