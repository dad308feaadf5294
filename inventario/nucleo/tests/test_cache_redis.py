"""La caché de Redis guarda JSON, cuenta enteros y no insiste con un Redis que no está."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
import redis
from django.conf import settings
from django.core.cache import cache as comun
from django.core.cache import caches

from inventario.nucleo import cache
from inventario.nucleo.cache_redis import CacheRedis, ConPausa
from inventario.nucleo.pausa import EnPausa, Pausa

# Nadie contesta ahí: es de documentación (RFC 5737) y se descarta en silencio.
SIN_NADIE = "redis://192.0.2.1:6379/0"


@pytest.fixture
def caida(monkeypatch: pytest.MonkeyPatch) -> CacheRedis:
    monkeypatch.setattr("inventario.nucleo.cache_redis.PAUSA", Pausa(60, (redis.RedisError, OSError)))
    return CacheRedis(SIN_NADIE, {})


def test_la_primera_falla_espera_poco_y_las_siguientes_nada(caida: CacheRedis) -> None:
    empezo = time.monotonic()
    with pytest.raises((redis.RedisError, OSError)) as primera:
        caida.get("a")
    assert not isinstance(primera.value, EnPausa)
    assert time.monotonic() - empezo < 1
    ordenes = (
        lambda: caida.set("a", 1),
        lambda: caida.add("a", 1),
        lambda: caida.incr("a"),
        lambda: caida.get("a"),
    )
    for orden in ordenes:
        with pytest.raises(EnPausa):
            orden()
    assert isinstance(caida._cache, ConPausa)


@pytest.mark.redis
def test_lo_recordado_esta_en_json_y_los_enteros_se_cuentan() -> None:
    assert isinstance(caches["default"], CacheRedis)
    cache.guardar("prueba-json", {"valor": Decimal("1.50")}, dura_s=60)
    comun.set("prueba-cuenta", 0, 60)
    assert (cache.leer("prueba-json"), comun.incr("prueba-cuenta")) == ({"valor": Decimal("1.50")}, 1)
    with redis.Redis.from_url(settings.REDIS_URL) as cliente:
        crudo = cliente.get(comun.make_key("prueba-json"))
        assert crudo == b'{"mapa":{"valor":{"decimal":"1.50"}}}'
        # Lo que dejó la versión anterior no se ejecuta ni estorba.
        cliente.set(comun.make_key("prueba-json"), b"\x80\x05\x95viejo")
    assert cache.leer("prueba-json") is None
