"""La caché de Redis, que no hace esperar: plazos cortos, y si falla se la salta por unos segundos.

`redis-py` espera para siempre a un Redis detenido, y cada clave que se pide paga esa espera otra vez.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from django.utils.functional import cached_property
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as SinRedis
from redis.exceptions import TimeoutError as NoContesta
from redis.retry import Retry

from inventario.nucleo import recordable
from inventario.nucleo.pausa import Pausa

ESPERA_S = 0.3
PAUSA_S = 5.0
# Una por proceso y no por hilo, como son las cachés de Django: lo que descubre uno les sirve a todos.
PAUSA = Pausa(PAUSA_S, (SinRedis, NoContesta, OSError))


class EnJson:
    """Cómo se guarda un valor. El entero va desnudo: así lo cuenta Redis con `INCR`."""

    def dumps(self, valor: recordable.Recordable) -> int | bytes:
        return valor if type(valor) is int else recordable.escribir(valor)

    def loads(self, dato: bytes) -> Any:
        return recordable.leer(dato)


class ConPausa:
    """Cualquier orden al cliente pasa por la pausa."""

    def __init__(self, cliente: Any, pausa: Pausa) -> None:
        self._cliente = cliente
        self._pausa = pausa

    def __getattr__(self, nombre: str) -> Callable[..., Any]:
        orden = getattr(self._cliente, nombre)

        @wraps(orden)
        def con_pausa(*args: Any, **kwargs: Any) -> Any:
            with self._pausa.intentar():
                return orden(*args, **kwargs)

        return con_pausa


class CacheRedis(RedisCache):
    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        opciones = {
            "serializer": EnJson(),
            "socket_connect_timeout": ESPERA_S,
            "socket_timeout": ESPERA_S,
            "retry": Retry(NoBackoff(), 0),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": opciones})

    @cached_property
    def _cache(self) -> Any:
        return ConPausa(super()._cache, PAUSA)
