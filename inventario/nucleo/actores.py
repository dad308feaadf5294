"""Quién pide: la persona o la clave, la empresa en que actúa y lo que puede hacer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.errores import SinPermiso

if TYPE_CHECKING:
    from inventario.cuentas.models import Bodega, Empresa, Usuario


@dataclass(frozen=True, slots=True)
class Actor:
    """Identidad de una operación; la arma el borde y la recibe todo servicio que escribe.

    `alcance` son las bodegas que ve y toca, y `bodega` la que se entiende si no nombra ninguna.
    `externo_id` y `externo_nombre` nombran a la persona de otro sistema por la que actúa una clave.
    `principal` distingue a quién pertenecen las claves de idempotencia.
    """

    usuario: Usuario
    empresa: Empresa
    permisos: frozenset[str] = frozenset()
    bodega: Bodega | None = None
    alcance: Alcance = SIN_LIMITE
    modulos_permitidos: frozenset[str] = field(default_factory=frozenset)
    externo_id: str = ""
    externo_nombre: str = ""
    solicitud_id: str = ""
    principal: str = ""

    def puede(self, permiso: str) -> bool:
        return permiso in self.permisos

    def exigir(self, *permisos: str) -> None:
        """Lanza `SinPermiso` si falta alguno; el mensaje los nombra."""
        faltan = [permiso for permiso in permisos if permiso not in self.permisos]
        if faltan:
            raise SinPermiso(f"No tiene permiso para {_enumerar(faltan)}.", permisos=faltan)

    def exigir_alguno(self, permisos: Iterable[str]) -> None:
        """Lanza `SinPermiso` si no tiene ninguno; el mensaje los nombra."""
        if self.permisos.isdisjoint(permisos):
            faltan = sorted(permisos)
            raise SinPermiso(f"Hace falta alguno de estos permisos: {_enumerar(faltan)}.", permisos=faltan)

    def exigir_modulo(self, modulo: str) -> None:
        """Una clave limitada a unos módulos no actúa por otro."""
        if modulo and self.modulos_permitidos and modulo not in self.modulos_permitidos:
            raise SinPermiso(f"Esta clave no puede actuar por el módulo «{modulo}».")


def _enumerar(permisos: Iterable[str]) -> str:
    return ", ".join(permiso.replace("_", " ") for permiso in permisos)
