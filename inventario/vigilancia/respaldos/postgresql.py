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
from typing import Any, LiteralString
from urllib.parse import urlsplit

import environ
import psycopg
from psycopg import sql

from inventario.vigilancia.respaldos import contenido
from inventario.vigilancia.respaldos.errores import RespaldoImposible

EXTENSION = "dump"
DURA_MAXIMO_S = 6 * 3600
ENTRADA_S = 10
ESPERA_DE_TABLAS_S = 300
# Lo nuestro está todo ahí; lo demás de la base (en Supabase, sus propios esquemas) es de otro.
ESQUEMA: LiteralString = "public"
_ENSAYO: LiteralString = "inventario_ensayo_"


def volcar(url: str, destino: Path) -> tuple[str, dict[str, str], dict[str, int]]:
    """Vuelca la base; devuelve la versión del servidor, las migraciones y los movimientos de ese instante.

    Lanza `RespaldoImposible` si el rol no ve todas las filas: un respaldo de una sola empresa es peor que
    ninguno.
    """
    with _entrar(url) as conexion:
        cursor = conexion.cursor()
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        [(ve_todo,)] = cursor.fetchall()
        if not ve_todo:
            raise RespaldoImposible(
                f"El rol «{conexion.info.user}» no ve todas las filas y el respaldo saldría incompleto: diga "
                "en DATABASE_URL_RESPALDO uno con BYPASSRLS (DEPLOY.md, Backups)."
            )
        cursor.execute("SELECT pg_export_snapshot()")
        [(instante,)] = cursor.fetchall()
        version = conexion.info.server_version // 10000
        lleva = contenido.migraciones(cursor), contenido.movimientos(cursor, por_filas=False)
        _correr(
            "pg_dump",
            *("--format=custom", "--no-owner", f"--schema={ESQUEMA}", f"--snapshot={instante}"),
            # Una migración puede tener tomada una tabla; no para siempre.
            f"--lock-wait-timeout={ESPERA_DE_TABLAS_S}s",
            f"--file={destino}",
            url=url,
            al_menos=version,
        )
    return str(version), *lleva


def restaurar(archivo: Path, url: str) -> None:
    """Llena una base vacía con el volcado, entero o nada; lanza `RespaldoImposible`."""
    with _entrar(url) as conexion:
        cursor = conexion.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [ESQUEMA])
        [(tablas,)] = cursor.fetchall()
        version = conexion.info.server_version // 10000
    if tablas:
        raise RespaldoImposible("La base de destino no está vacía: cree otra y restaure en ella.")
    _correr(
        "pg_restore",
        *("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--schema={ESQUEMA}"),
        *(f"--dbname={_partes(url)['NAME']}", str(archivo)),
        url=url,
        al_menos=version,
    )


def que_lleva(url: str) -> tuple[dict[str, str], dict[str, int]]:
    """Devuelve las migraciones y los movimientos por empresa de una base. Lanza `RespaldoImposible`."""
    with _entrar(url) as conexion:
        cursor = conexion.cursor()
        return contenido.migraciones(cursor), contenido.movimientos(cursor, por_filas=True)


@contextlib.contextmanager
def base_de_prueba(url: str) -> Iterator[str]:
    """Presta una base nueva en el servidor de `url`, y la borra; lanza `RespaldoImposible` si no puede."""
    nombre = _ENSAYO + secrets.token_hex(4)
    with _entrar(url) as conexion:
        conexion.autocommit = True
        _borrar_abandonadas(conexion)
        try:
            conexion.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(nombre)))
        except psycopg.errors.InsufficientPrivilege:
            raise RespaldoImposible(
                f"El rol «{conexion.info.user}» no puede crear la base en que se ensaya la restauración: "
                "dele CREATEDB (DEPLOY.md, Backups)."
            ) from None
        try:
            yield urlsplit(url)._replace(path=f"/{nombre}").geturl()
        finally:
            _borrar(conexion, nombre)


def _borrar_abandonadas(conexion: psycopg.Connection[Any]) -> None:
    """Las de un ensayo al que mataron; las que alguien usa no se tocan."""
    cursor = conexion.execute(
        "SELECT datname FROM pg_database d WHERE starts_with(datname, %s) AND datdba = current_user::regrole "
        "AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)",
        [_ENSAYO],
    )
    for (nombre,) in cursor.fetchall():
        _borrar(conexion, nombre)


def _borrar(conexion: psycopg.Connection[Any], nombre: str) -> None:
    conexion.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nombre)))


@contextlib.contextmanager
def _entrar(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Entra a la base; lo que PostgreSQL niegue sale como `RespaldoImposible`, con sus palabras."""
    try:
        with psycopg.connect(url, connect_timeout=ENTRADA_S) as conexion:
            yield conexion
    except psycopg.Error as error:
        raise RespaldoImposible(f"PostgreSQL no dejó: {str(error).strip()}") from error


def programa(nombre: str, *, al_menos: int) -> str:
    """Devuelve la ruta del programa de la versión del servidor o de una mayor; lanza `RespaldoImposible`."""
    de_debian = map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{nombre}"))
    en_la_ruta = shutil.which(nombre)
    hallados = [*de_debian, *([en_la_ruta] if en_la_ruta else [])]
    candidatos = {_version_de(hallado): hallado for hallado in hallados}
    sirven = [version for version in candidatos if version >= al_menos]
    if not sirven:
        raise RespaldoImposible(
            f"Falta {nombre} {al_menos} o más nuevo: instale el paquete postgresql-client de esa versión."
        )
    return candidatos[min(sirven)]


def _version_de(candidato: str) -> int:
    hecho = subprocess.run([candidato, "--version"], capture_output=True, text=True, timeout=30, check=False)
    hallada = re.search(r"(\d+)", hecho.stdout)
    return int(hallada.group(1)) if hallada else 0


def _correr(nombre: str, *argumentos: str, url: str, al_menos: int) -> None:
    try:
        hecho = subprocess.run(
            [programa(nombre, al_menos=al_menos), *argumentos],
            env={**os.environ, **_variables(url)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DURA_MAXIMO_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RespaldoImposible(f"{nombre} no terminó en {DURA_MAXIMO_S // 3600} horas.") from None
    if hecho.returncode:
        dicho = hecho.stderr.strip().splitlines()
        raise RespaldoImposible(f"{nombre} terminó mal: {dicho[-1] if dicho else hecho.returncode}")


def _variables(url: str) -> dict[str, str]:
    """La dirección en variables: en los argumentos la clave se vería en la lista de procesos."""
    base = _partes(url)
    variables = {
        "PGHOST": base["HOST"],
        "PGPORT": base["PORT"],
        "PGUSER": base["USER"],
        "PGPASSWORD": base["PASSWORD"],
        "PGDATABASE": base["NAME"],
        "PGSSLMODE": base.get("OPTIONS", {}).get("sslmode", ""),
        "PGSSLROOTCERT": base.get("OPTIONS", {}).get("sslrootcert", ""),
        "PGCONNECT_TIMEOUT": ENTRADA_S,
    }
    return {nombre: str(valor) for nombre, valor in variables.items() if valor}


def _partes(url: str) -> dict[str, Any]:
    return dict(environ.Env.db_url_config(url))
