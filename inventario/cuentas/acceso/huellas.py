"""La huella de las contraseñas: Argon2 con la memoria que un servidor pequeño puede dar."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

from inventario.cuentas.acceso.errores import HuellasOcupadas

# Cada una ocupa su memoria mientras se calcula: sin tope, una ráfaga de entradas se come la máquina.
A_LA_VEZ = 2
# A decenas de milisegundos cada una, quien espera más que esto está detrás de una avalancha.
ESPERA_S = 5.0
_turnos = threading.BoundedSemaphore(A_LA_VEZ)


class Argon2Acotado(Argon2PasswordHasher):
    """19 MiB, dos pasadas y un hilo: el mínimo que OWASP recomienda. Django pide 100 MiB y ocho hilos.

    Las huellas anteriores siguen sirviendo y se rehacen al entrar. A lo sumo `A_LA_VEZ` por proceso; las
    demás esperan, y pasados `ESPERA_S` segundos lanzan `HuellasOcupadas`.
    """

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _un_turno():
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with _un_turno():
            return bool(super().verify(password, encoded))


@contextmanager
def _un_turno() -> Iterator[None]:
    if not _turnos.acquire(timeout=ESPERA_S):
        raise HuellasOcupadas
    try:
        yield
    finally:
        _turnos.release()
