"""Cuántas veces pasó algo en un rato; la cuenta es común a todos los procesos (caché)."""

from __future__ import annotations

import threading
import time

from django.core.cache import cache

from inventario.nucleo.cache import sin_fallar

# Con la caché caída cada proceso cuenta lo suyo: peor que contar juntos y mucho mejor que no contar.
LOCALES_MAXIMO = 10_000
_locales: dict[str, int] = {}
_turno = threading.Lock()


def contar(que: str, limite: int, cada_s: int) -> float | None:
    """Cuenta una vez más; devuelve cuántos segundos faltan para la ventana siguiente si pasó del límite.

    Se cuenta antes de hacer lo que se limita, y de un solo paso: doce a la vez son doce. Un límite de 0 es
    no tenerlo.
    """
    if limite <= 0:
        return None
    ahora = time.time()
    ventana = int(ahora // cada_s)
    clave = f"limite:{cada_s}:{ventana}:{que}"
    van = 0
    with sin_fallar("contar un cupo"):
        cache.add(clave, 0, timeout=cada_s * 2)
        van = cache.incr(clave)
    # Una cuenta que se pudo llevar empieza en uno.
    van = van or _contar_aqui(clave)
    return (ventana + 1) * cada_s - ahora if van > limite else None


def _contar_aqui(clave: str) -> int:
    with _turno:
        if clave not in _locales and len(_locales) >= LOCALES_MAXIMO:
            _locales.clear()
        _locales[clave] = _locales.get(clave, 0) + 1
        return _locales[clave]
