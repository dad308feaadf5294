"""No insistir con un servicio vecino que acaba de fallar: cada intento haría esperar a una persona."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class EnPausa(ConnectionError):
    """No se intentó: el servicio falló hace un momento."""


class Pausa:
    """Tras una falla salta al vecino por unos segundos; pasados, uno solo prueba y los demás siguen saltando.

    `fallas` son los errores de que el vecino no está; los demás (un dato malo) no lo pausan.
    """

    def __init__(
        self,
        segundos: float,
        fallas: tuple[type[Exception], ...],
        *,
        reloj: Callable[[], float] = time.monotonic,
    ) -> None:
        self._segundos = segundos
        self._fallas = fallas
        self._reloj = reloj
        self._turno = threading.Lock()
        self._hasta: float | None = None
        self._caidas = 0

    def reanudar(self) -> None:
        """Vuelve a intentar desde ya."""
        with self._turno:
            self._hasta = None

    @contextmanager
    def intentar(self) -> Iterator[None]:
        """Deja probar adentro. Lanza `EnPausa` sin probar si el vecino falló hace poco."""
        with self._turno:
            if self._hasta is not None:
                if self._reloj() < self._hasta:
                    raise EnPausa("El servicio falló hace un momento.")
                self._hasta = self._reloj() + self._segundos
            vistas = self._caidas
        try:
            yield
        except self._fallas:
            with self._turno:
                self._caidas += 1
                self._hasta = self._reloj() + self._segundos
            raise
        except BaseException:
            self._respondio(vistas)
            raise
        self._respondio(vistas)

    def _respondio(self, vistas: int) -> None:
        # Lo que se pidió antes de la última falla y llegó después no dice que el vecino haya vuelto.
        with self._turno:
            if vistas == self._caidas:
                self._hasta = None
