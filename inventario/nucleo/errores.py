"""Errores de dominio: dicen qué pasó y con qué cifras; de HTTP no saben nada.

Cada borde traduce la *clase* de error a su estado: dato inválido, regla rota, no encontrado…
El `codigo` es estable y es parte del contrato; el `mensaje` es una frase para la persona.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Detalle:
    """Una parte del error: qué campo, por qué, qué se admite."""

    campo: str
    codigo: str
    mensaje: str
    datos: tuple[tuple[str, Any], ...] = ()


class ErrorDeDominio(Exception):
    """Base de todo lo que un servicio puede rechazar."""

    codigo: ClassVar[str] = "error_de_dominio"

    def __init__(self, mensaje: str, *, detalles: Sequence[Detalle] = (), **datos: Any) -> None:
        super().__init__(mensaje)
        self.mensaje = mensaje
        self.detalles = tuple(detalles)
        self.datos = datos


class DatoInvalido(ErrorDeDominio):
    """El dato no tiene la forma o el rango admitido. `campo` dice cuál."""

    codigo = "validacion"

    def __init__(
        self, mensaje: str, *, campo: str, codigo: str = "invalid", detalles: Sequence[Detalle] = ()
    ) -> None:
        super().__init__(mensaje, detalles=detalles or (Detalle(campo, codigo, mensaje),), campo=campo)


class ReglaRota(ErrorDeDominio):
    """Lo pedido está bien escrito, pero el negocio no lo permite."""

    codigo = "regla_rota"


class NoEncontrado(ErrorDeDominio):
    """No existe en esta empresa."""

    codigo = "no_encontrado"


class Conflicto(ErrorDeDominio):
    """Choca con lo que ya hay."""

    codigo = "conflicto"


class SinPermiso(ErrorDeDominio):
    """Quien pide no tiene el permiso que la acción exige."""

    codigo = "sin_permiso"


class Incoherencia(RuntimeError):
    """Un error nuestro, no de quien pide, que dejaría mal lo guardado: deshace la operación entera.

    No es un `assert`: con `python -O` también se lanza.
    """
