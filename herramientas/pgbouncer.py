"""Un PgBouncer de verdad con nuestro ejemplo, en un puerto libre y delante de un PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from herramientas.procesos import RAIZ, morir_con_el_padre, puerto_libre, terminar, usuario_sin_privilegios
from herramientas.programas import hallar

EJEMPLO = RAIZ / "ops" / "pgbouncer" / "pgbouncer.ini"
ARRANQUE_S = 10


@contextlib.contextmanager
def pooler(url: str, *, conexiones: int) -> Iterator[str]:
    """Entrega la misma dirección, pero pasando por él; atrás abre a lo sumo `conexiones`.

    Lanza `RuntimeError` con lo que dijo, si no arranca.
    """
    partes = urlsplit(url)
    base, puerto = partes.path.lstrip("/"), puerto_libre()
    with tempfile.TemporaryDirectory(prefix="inventario-pgbouncer-") as nombre:
        carpeta = Path(nombre)
        claves, ajustes, registro = (
            carpeta / "userlist.txt",
            carpeta / "pgbouncer.ini",
            carpeta / "salida.txt",
        )
        claves.write_text(f'"{unquote(partes.username or "")}" "{unquote(partes.password or "")}"\n')
        ajustes.write_text(
            _con(
                EJEMPLO.read_text(),
                inventario=f"host={partes.hostname} port={partes.port or 5432} dbname={base}",
                listen_port=str(puerto),
                auth_file=str(claves),
                default_pool_size=str(conexiones),
            )
        )
        dueno = usuario_sin_privilegios()
        if dueno is not None:
            for ruta in (carpeta, claves, ajustes):
                os.chown(ruta, dueno.pw_uid, dueno.pw_gid)
        with registro.open("wb") as salida:
            proceso = subprocess.Popen(
                [str(hallar("pgbouncer")), str(ajustes)],
                user=dueno.pw_uid if dueno else None,
                group=dueno.pw_gid if dueno else None,
                extra_groups=[] if dueno else None,
                stdin=subprocess.DEVNULL,
                stdout=salida,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=morir_con_el_padre(signal.SIGTERM),
            )
        quien = partes.netloc.rpartition("@")[0]
        por_el = partes._replace(netloc=f"{quien}@127.0.0.1:{puerto}", path="/inventario").geturl()
        try:
            _esperar(proceso, por_el, registro)
            yield por_el
        finally:
            terminar(proceso, signal.SIGTERM)


def _con(ejemplo: str, **valores: str) -> str:
    for clave, valor in valores.items():
        ejemplo, cuantas = re.subn(rf"(?m)^{clave} = .*$", f"{clave} = {valor}", ejemplo)
        if cuantas != 1:
            raise RuntimeError(f"{EJEMPLO} no dice «{clave}» una vez.")
    return ejemplo


def _esperar(proceso: subprocess.Popen[bytes], url: str, registro: Path) -> None:
    limite = time.monotonic() + ARRANQUE_S
    while proceso.poll() is None and time.monotonic() < limite:
        with contextlib.suppress(OSError):
            # Solo que escuche: el rol puede no existir todavía.
            puerto = urlsplit(url).port
            socket.create_connection(("127.0.0.1", puerto or 0), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"PgBouncer no arrancó: {registro.read_text(errors='replace')[-2000:]}")
