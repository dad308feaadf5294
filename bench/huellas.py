"""Cuánta memoria piden ocho entradas a la vez: `python -m bench.huellas [ruta.del.Hasher]`."""

from __future__ import annotations

import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

A_LA_VEZ = 8
DE_LA_CASA = "inventario.cuentas.acceso.huellas.Argon2Acotado"


def main(hasher: str) -> None:
    """Escribe el pico de memoria que agregan y lo que tardan todas."""
    settings.configure(PASSWORD_HASHERS=[hasher])
    from django.contrib.auth.hashers import check_password, make_password  # ya configurado

    base = _pico_mib()
    huella = make_password("clave")
    empezo = time.monotonic()
    with ThreadPoolExecutor(A_LA_VEZ) as hilos:
        assert all(hilos.map(lambda _: check_password("clave", huella), range(A_LA_VEZ)))
    print(f"{hasher}: {_pico_mib() - base:.0f} MiB más, {time.monotonic() - empezo:.2f} s")


def _pico_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else DE_LA_CASA)
