"""Lo que se recuerda en la caché común. Si ella falla se avisa y se sigue: la base siempre sabe."""

from __future__ import annotations

import logging
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pickle import UnpicklingError
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from inventario.nucleo.confirmacion import al_confirmarse
from inventario.nucleo.pausa import EnPausa
from inventario.nucleo.recordable import Recordable

registro = logging.getLogger(__name__)

# `ValueError`: lo que se contaba expiró entre medio.
FALLAS = (OSError, RedisError, ValueError)
# Lo que lanza leer algo que guardó otra versión del programa, o que llegó cortado.
NO_SE_ENTIENDE = (AttributeError, EOFError, ImportError, LookupError, TypeError, UnpicklingError, zlib.error)


class Familia(StrEnum):
    """Lo que cambia junto: una escritura de la familia olvida todo lo recordado de ella."""

    PRODUCTO = "producto"
    ALERTA = "alerta"


@contextmanager
def sin_fallar(que: str) -> Iterator[None]:
    """Si la caché falla adentro, lo avisa y sigue."""
    try:
        yield
    except FALLAS as error:
        _avisar(que, error)


def leer(clave: str) -> Any:
    """Devuelve lo guardado con esa clave; `None` si no está, no se entiende o la caché no responde."""
    try:
        return cache.get(clave)
    except (*FALLAS, *NO_SE_ENTIENDE) as error:
        _avisar("leer lo recordado", error)
        return None


def guardar(clave: str, valor: Recordable, *, dura_s: int) -> None:
    with sin_fallar("recordar"):
        cache.set(clave, valor, dura_s)


def version_de(empresa_id: int, familia: Familia) -> int | None:
    """La versión vigente de esa familia; `None` si la caché no responde.

    Se pide antes de leer la base: lo que se lea mientras otro confirma queda en la versión que ya murió.
    """
    clave = _clave(empresa_id, familia)
    version: int | None = None
    with sin_fallar("leer la versión de lo recordado"):
        version = cache.get(clave)
        if version is None:
            cache.add(clave, _otra(), timeout=None)
            version = cache.get(clave)
    return version


def olvidar(empresa_id: int, *familias: Familia) -> None:
    """Al confirmarse la transacción, nadie vuelve a leer lo recordado de esas familias; si se deshace, sí."""

    def renovar() -> None:
        for familia in familias:
            with sin_fallar(f"olvidar lo recordado de «{familia}»"):
                cache.set(_clave(empresa_id, familia), _otra(), timeout=None)

    al_confirmarse("olvidar lo recordado", renovar)


def _avisar(que: str, error: Exception) -> None:
    # Lo que empezó la pausa ya se dijo; cada clave que se salta mientras tanto no es otra noticia.
    nivel = logging.DEBUG if isinstance(error, EnPausa) else logging.WARNING
    registro.log(nivel, "No se pudo %s: falló la caché (%s)", que, type(error).__name__)


def _clave(empresa_id: int, familia: Familia) -> str:
    return f"inv:{empresa_id}:{familia}:version"


def _otra() -> int:
    # Al azar y no la siguiente: ni dos procesos a la vez ni una clave desalojada repiten una ya usada.
    return secrets.randbits(62)
