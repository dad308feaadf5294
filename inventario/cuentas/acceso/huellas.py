"""La huella de las contraseñas: Argon2 con la memoria que un servidor pequeño puede dar."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as SinTurno
from typing import TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from inventario.cuentas.acceso.errores import HuellasOcupadas

_R = TypeVar("_R")

# Cada una ocupa su memoria mientras se calcula: sin tope, una ráfaga de entradas se come la máquina.
A_LA_VEZ = 2
# A decenas de milisegundos cada una, quien espera más que esto está detrás de una avalancha.
ESPERA_S = 5.0
# Hilos propios y no un semáforo: la memoria que cada hilo pidió queda apartada para él, y con los ocho de la
# web serían ocho veces la de una huella (`bench/huellas.py`).
_calculo = ThreadPoolExecutor(A_LA_VEZ, thread_name_prefix="huella")


class Argon2Acotado(Argon2PasswordHasher):
    """19 MiB, dos pasadas y un hilo: el mínimo que OWASP recomienda. Django pide 100 MiB y ocho hilos.

    Las huellas anteriores siguen sirviendo y se rehacen al entrar. A lo sumo `A_LA_VEZ` por proceso; las
    demás esperan, y pasados `ESPERA_S` segundos lanzan `HuellasOcupadas`.
    """

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return str(_por_turno(super().encode, password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        return bool(_por_turno(super().verify, password, encoded))


def _por_turno(calcular: Callable[[str, str], _R], contrasena: str, otro: str) -> _R:
    pedida = _calculo.submit(calcular, contrasena, otro)
    try:
        return pedida.result(ESPERA_S)
    except SinTurno:
        pedida.cancel()
        raise HuellasOcupadas from None
