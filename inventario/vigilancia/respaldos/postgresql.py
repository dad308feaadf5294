"""Respaldar y restaurar PostgreSQL con sus propios programas."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import psycopg
from psycopg import sql

from inventario.vigilancia.respaldos import contenido
from inventario.vigilancia.respaldos.errores import RespaldoImposible

EXTENSION = "dump"
DURA_MAXIMO_S = 6 * 3600


def volcar(url: str, destino: Path) -> tuple[str, dict[str, str], dict[str, int]]:
    """Vuelca la base y devuelve la versión del servidor, las migraciones y los movimientos del mismo instante.

    Lanza `RespaldoImposible` si el rol no ve todas las filas: un respaldo de una sola empresa es peor que
    ninguno.
    """
    with psycopg.connect(url) as conexion:
        cursor = conexion.cursor()
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        [(ve_todo,)] = cursor.fetchall()
        if not ve_todo:
            raise RespaldoImposible(
                "El rol con que se respalda no ve todas las filas: dele BYPASSRLS y diga su dirección en "
                "DATABASE_URL_RESPALDO (DEPLOY.md, Backups)."
            )
        cursor.execute("SELECT pg_export_snapshot()")
        [(instante,)] = cursor.fetchall()
        version = str(conexion.info.server_version // 10000)
        lleva = contenido.migraciones(cursor), contenido.movimientos(cursor, por_filas=False)
        _correr(
            ["pg_dump", "--format=custom", "--no-owner", f"--snapshot={instante}", f"--file={destino}"],
            url,
            al_menos=int(version),
        )
    return version, *lleva


def restaurar(archivo: Path, url: str) -> None:
    """Llena una base vacía con el volcado; lanza `RespaldoImposible` si tiene algo o si algo falla."""
    with psycopg.connect(url) as conexion:
        cursor = conexion.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        [(tablas,)] = cursor.fetchall()
        version = conexion.info.server_version // 10000
    if tablas:
        raise RespaldoImposible("La base de destino no está vacía: cree otra y restaure en ella.")
    orden = ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction"]
    _correr([*orden, f"--dbname={urlsplit(url).path.lstrip('/')}", str(archivo)], url, al_menos=version)


def que_lleva(url: str) -> tuple[dict[str, str], dict[str, int]]:
    """Devuelve las migraciones y los movimientos por empresa de una base."""
    with psycopg.connect(url) as conexion:
        cursor = conexion.cursor()
        return contenido.migraciones(cursor), contenido.movimientos(cursor, por_filas=True)


@contextlib.contextmanager
def base_de_prueba(url: str) -> Iterator[str]:
    """Presta una base nueva en el servidor de `url`, y la borra. Lanza `RespaldoImposible` si no puede crearla."""
    nombre = f"inventario_ensayo_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as conexion:
        try:
            conexion.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(nombre)))
        except psycopg.errors.InsufficientPrivilege:
            raise RespaldoImposible(
                "El rol no puede crear la base en que se ensaya la restauración: dele CREATEDB."
            ) from None
        try:
            yield urlsplit(url)._replace(path=f"/{nombre}").geturl()
        finally:
            conexion.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(nombre)))


def programa(nombre: str, *, al_menos: int) -> str:
    """Devuelve la ruta del programa de la versión del servidor o de una mayor; lanza `RespaldoImposible`."""
    hallados = [Path(carpeta) / nombre for carpeta in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    en_la_ruta = shutil.which(nombre)
    for candidato in [*hallados, *([Path(en_la_ruta)] if en_la_ruta else [])]:
        if candidato.is_file() and _version_de(candidato) >= al_menos:
            return str(candidato)
    raise RespaldoImposible(
        f"Falta {nombre} {al_menos} o más nuevo: instale postgresql-client de la versión del servidor."
    )


def _version_de(candidato: Path) -> int:
    hecho = subprocess.run([candidato, "--version"], capture_output=True, text=True, timeout=30, check=False)
    hallada = re.search(r"(\d+)", hecho.stdout)
    return int(hallada.group(1)) if hallada else 0


def _correr(orden: list[str], url: str, *, al_menos: int) -> None:
    hecho = subprocess.run(
        [programa(orden[0], al_menos=al_menos), *orden[1:]],
        env={**os.environ, **_variables(url)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DURA_MAXIMO_S,
        check=False,
    )
    if hecho.returncode:
        dicho = hecho.stderr.strip().splitlines()
        raise RespaldoImposible(f"{orden[0]} terminó mal: {dicho[-1] if dicho else hecho.returncode}")


def _variables(url: str) -> dict[str, str]:
    """La dirección en variables: en los argumentos la clave se vería en la lista de procesos."""
    base: dict[str, Any] = environ.Env.db_url_config(url)
    opciones = base.get("OPTIONS", {})
    variables = {
        "PGHOST": base["HOST"],
        "PGPORT": base["PORT"],
        "PGUSER": base["USER"],
        "PGPASSWORD": base["PASSWORD"],
        "PGDATABASE": base["NAME"],
        "PGSSLMODE": opciones.get("sslmode", ""),
        # El rol de la aplicación corta lo largo; un volcado lo es.
        "PGOPTIONS": "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0",
    }
    return {nombre: str(valor) for nombre, valor in variables.items() if valor}
