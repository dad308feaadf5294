"""Un PostgreSQL como el de docker-compose.yml, de la misma versión y con los roles que hace el mismo guion.

Sale de la imagen que respalda, que ya trae sus programas: la de Docker no siempre se puede bajar.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass

from herramientas.buildah import Almacen, NoSeConstruyo, encendido
from herramientas.primer_despacho import NoSirve
from herramientas.procesos import RAIZ, puerto_libre

ARRANQUE_S = 60
# Como en las imágenes públicas: un paquete no enciende nada al instalarse.
INSTALAR = """
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
apt-get update -qq && apt-get install -qq --no-install-recommends postgresql
"""
ENCENDER = (
    "exec /usr/lib/postgresql/{version}/bin/postgres "
    "-c config_file=/etc/postgresql/{version}/main/postgresql.conf "
    "-c port={puerto} -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp"
)


@dataclass(frozen=True)
class Direcciones:
    """Con qué entra cada rol de docker-compose.yml."""

    version: str
    aplicacion: str
    dueno: str
    respaldo: str


@contextlib.contextmanager
def postgres_de_compose(almacen: Almacen, de_respaldo: str) -> Iterator[Direcciones]:
    """Lo enciende con el dueño y quien respalda ya hechos, y lo apaga; el de la aplicación no está todavía.

    Lanza `NoSeConstruyo` o `NoSirve`.
    """
    contenedor = almacen.buildah("from", de_respaldo).strip()
    puerto, clave = puerto_libre(), secrets.token_urlsafe(18)
    en_el = ("run", "--isolation", "chroot", "--volume", f"{RAIZ / 'ops' / 'postgres'}:/guiones:ro")
    almacen.buildah(*en_el, "--user", "root", contenedor, "--", "sh", "-ec", INSTALAR)
    claves = [f"POSTGRES_{de_quien}_PASSWORD={clave}" for de_quien in ("DUENO", "RESPALDO")]
    ambiente = [
        f"--env={par}" for par in ("PGHOST=/tmp", f"PGPORT={puerto}", "POSTGRES_USER=postgres", *claves)
    ]
    como_postgres = [*en_el, "--user", "postgres", *ambiente, contenedor, "--"]
    version = almacen.buildah(*como_postgres, "ls", "/etc/postgresql").strip()
    orden = ENCENDER.format(version=version, puerto=puerto)
    with encendido(almacen, "postgres", [*como_postgres, "sh", "-c", orden]):
        _esperar(almacen, como_postgres)
        almacen.buildah(*como_postgres, "sh", "/guiones/roles.sh")
        yield Direcciones(
            version,
            *(
                f"postgres://{rol}:{clave}@127.0.0.1:{puerto}/inventario"
                for rol in ("inventario_app", "inventario", "inventario_respaldo")
            ),
        )


def _esperar(almacen: Almacen, como_postgres: list[str]) -> None:
    limite = time.monotonic() + ARRANQUE_S
    while time.monotonic() < limite:
        with contextlib.suppress(NoSeConstruyo):
            almacen.buildah(*como_postgres, "pg_isready", "--quiet")
            return
        time.sleep(0.3)
    dicho = (almacen.carpeta / "postgres.txt").read_text(errors="replace")
    raise NoSirve(f"el PostgreSQL de la imagen no atendió:\n{dicho[-2000:]}")
