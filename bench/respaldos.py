"""Cuánto se pierde (RPO) y cuánto se tarda en volver (RTO): los números de DEPLOY.md, «Backups».

    python bench/respaldos.py [--movimientos N]

En un PostgreSQL que archiva con lo de `ops/pgbackrest`, con su disco de verdad.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_ENTORNO", "desarrollo")


def medir(movimientos: int) -> None:
    from inventario.vigilancia.tests.archivado import Archivado, cluster_que_archiva, cluster_restaurado
    from inventario.vigilancia.tests.respaldado import ordenar

    def en(url: str, *orden: str, **ambiente: str) -> str:
        hecho = ordenar(*orden, plazo_s=3600, ambiente={"DATABASE_URL": url, **ambiente})
        assert hecho.returncode == 0, hecho.stdout + hecho.stderr
        return hecho.stdout

    def contando(que: str, hacer: Callable[[], object]) -> None:
        inicio = time.monotonic()
        hacer()
        print(f"{que:60} {time.monotonic() - inicio:8.1f} s", flush=True)

    def volver(base: Archivado) -> None:
        instante = base.ahora()
        # Para saber que llegó al instante, PostgreSQL tiene que ver algo confirmado después.
        _escribir(base.url)
        base.archivar_lo_escrito()

        def restaurar_y_comprobar() -> None:
            with cluster_restaurado(base, al=instante) as url:
                en(url, "verificar_libro")

        contando("RTO, a un instante: restaurar, repetir y comprobar", restaurar_y_comprobar)

    with cluster_que_archiva() as base, tempfile.TemporaryDirectory() as nombre:
        base.pgbackrest("stanza-create")
        en(base.url, "migrate", "--noinput", "--verbosity", "0")
        contando("pgbackrest, base completa, vacía", lambda: base.pgbackrest("--type=full", "backup"))
        print(en(base.url, "datos_falsos", "--movimientos", str(movimientos), "--verbosity", "0").strip())
        with psycopg.connect(base.url) as conexion:
            fila = conexion.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
        print("la base ocupa", fila)
        volver(base)
        contando("pgbackrest, base completa", lambda: base.pgbackrest("--type=full", "backup"))
        volver(base)
        contando("pgbackrest, diferencial", lambda: base.pgbackrest("--type=diff", "backup"))

        carpeta = Path(nombre) / "respaldos"
        ambiente = {"RESPALDOS_EN": str(carpeta), "DATABASE_URL_RESPALDO": base.url}
        contando("respaldar", lambda: print(en(base.url, "respaldar", **ambiente).strip()))
        contando("verificar_respaldo", lambda: print(en(base.url, "verificar_respaldo", **ambiente).strip()))
        [archivo] = carpeta.glob("*.dump")
        with psycopg.connect(base.url, autocommit=True) as conexion:
            conexion.execute("CREATE DATABASE otra TEMPLATE template0")
        otra = base.url.rpartition("/")[0] + "/otra"
        contando("RTO, del volcado: restaurar", lambda: en(base.url, "restaurar", str(archivo), "--en", otra))
        for _ in range(3):
            print(f"RPO: lo confirmado estuvo en el repositorio a los {_hasta_archivarse(base.url):.1f} s")


def _escribir(url: str) -> None:
    with psycopg.connect(url) as conexion:
        conexion.execute("UPDATE cuentas_empresa SET nombre = nombre")


def _hasta_archivarse(url: str) -> float:
    """Escribe y espera, sin apurar el cambio de tramo, a que eso esté archivado."""
    with psycopg.connect(url, autocommit=True) as conexion:
        _escribir(url)
        [(tramo,)] = conexion.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchall()
        inicio = time.monotonic()
        while conexion.execute(
            "SELECT last_archived_wal >= %s FROM pg_stat_archiver", [tramo]
        ).fetchone() != (True,):
            time.sleep(0.2)
        return time.monotonic() - inicio


if __name__ == "__main__":
    argumentos = argparse.ArgumentParser()
    argumentos.add_argument("--movimientos", type=int, default=100_000)
    django.setup()
    medir(argumentos.parse_args().movimientos)
