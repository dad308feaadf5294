"""Reproduce la farmacia de verdad en una base nueva y dice si los libros quedan como debían.

python -m herramientas.farmacia sqlite|postgresql   termina en 1 si algo difiere
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from herramientas.postgres import SinPostgres, servidor
from herramientas.procesos import RAIZ, convertir_sigterm_en_salida, morir_con_el_padre

DATOS = RAIZ.parent / "shared" / "datos"


def orden(motor: str) -> list[str]:
    return [sys.executable, "-m", "herramientas.farmacia", motor]


def main(argumentos: list[str]) -> int:
    convertir_sigterm_en_salida()
    [motor] = argumentos
    try:
        with _base_nueva(motor) as url:
            ambiente = {**os.environ, "DATABASE_URL": url, "REDIS_URL": "", "DJANGO_ENTORNO": "desarrollo"}
            _ordenar(ambiente, "migrate", "--noinput", "-v", "0")
            _ordenar(ambiente, "reproducir_farmacia", "--datos", str(DATOS))
    except (SinPostgres, subprocess.CalledProcessError) as error:
        print(f"La farmacia en {motor} no quedó como debía: {error}", file=sys.stderr)
        return 1
    print(f"La farmacia en {motor} quedó como debía.", flush=True)
    return 0


@contextlib.contextmanager
def _base_nueva(motor: str) -> Iterator[str]:
    if motor == "postgresql":
        with servidor() as postgres:
            yield postgres.url
    else:
        with tempfile.TemporaryDirectory(prefix="inventario-farmacia-") as carpeta:
            yield f"sqlite:///{carpeta}/farmacia.sqlite3"


def _ordenar(ambiente: dict[str, str], *orden: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *orden],
        cwd=RAIZ,
        env=ambiente,
        stdin=subprocess.DEVNULL,
        check=True,
        preexec_fn=morir_con_el_padre(signal.SIGTERM),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
