"""Lo que comparten los servicios del catálogo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from inventario.nucleo.errores import Conflicto, DatoInvalido
from inventario.nucleo.integridad import restriccion_violada
from inventario.nucleo.modelos import ModeloDeEmpresa


@contextmanager
def traduciendo_choques(choques: Mapping[str, Callable[[], Conflicto]]) -> Iterator[None]:
    """Escribe adentro; si la base rechaza por una restricción de la tabla, lanza su error de dominio.

    La base decide, no una lectura previa: de dos que escriben a la vez, una recibe el error.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        choque = choques.get(restriccion_violada(error))
        if choque is None:
            raise
        raise choque() from error


def exigir_de_la_empresa(fila: ModeloDeEmpresa | None, empresa_id: int, *, campo: str) -> None:
    """Lo de otra empresa no existe: lanza el mismo `DatoInvalido` que un id desconocido."""
    if fila is not None and fila.empresa_id != empresa_id:
        raise DatoInvalido("No existe.", campo=campo, codigo="does_not_exist")


def nulo(campo: str) -> DatoInvalido:
    return DatoInvalido("No puede ser nulo.", campo=campo, codigo="null")
