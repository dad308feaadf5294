"""Un PostgreSQL que archiva lo que escribe con lo de `ops/pgbackrest`, y el que se restaura de él."""

from __future__ import annotations

import os
import secrets
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings

from herramientas.postgres import (
    AJUSTES,
    candidatos,
    correr_como_duenio,
    crear,
    encender,
    programas_alcanzables,
)
from herramientas.procesos import terminar, usuario_sin_privilegios

OPS = Path(settings.BASE_DIR) / "ops" / "pgbackrest"
# Los de las pruebas cambian durabilidad por velocidad: aquí se prueba la durabilidad.
DURADEROS = ("fsync", "synchronous_commit", "full_page_writes", "wal_level")
PACIENCIA_S = 90


@dataclass(frozen=True)
class Archivado:
    """El clúster que archiva, y lo que hace falta para restaurarlo."""

    carpeta: Path
    programas: Path
    clave: str
    url: str

    def pgbackrest(self, *argumentos: str) -> str:
        """Corre pgbackrest como lo corre el dueño del clúster; devuelve lo que dijo."""
        orden = [
            "pgbackrest",
            f"--config={self.carpeta / 'pgbackrest.conf'}",
            "--stanza=inventario",
            *argumentos,
        ]
        hecho = correr_como_duenio(orden, self.carpeta)
        assert hecho.returncode == 0, hecho.stdout + hecho.stderr
        return hecho.stdout

    def ahora(self) -> datetime:
        with psycopg.connect(self.url) as conexion:
            [(instante,)] = conexion.execute("SELECT clock_timestamp()").fetchall()
        assert isinstance(instante, datetime)
        return instante

    def archivar_lo_escrito(self) -> None:
        """Cierra el tramo en curso y espera a que esté en el repositorio."""
        with psycopg.connect(self.url, autocommit=True) as conexion:
            [(tramo,)] = conexion.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchall()
            limite = time.monotonic() + PACIENCIA_S
            consulta = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"
            while conexion.execute(consulta, [tramo]).fetchone() != (True,):
                assert time.monotonic() < limite, f"{tramo} no llegó al repositorio"
                time.sleep(0.1)


def _ajustes(carpeta: Path) -> dict[str, str]:
    propios = {nombre: valor for nombre, valor in AJUSTES.items() if nombre not in DURADEROS}
    return {**propios, "unix_socket_directories": str(carpeta)}


@contextmanager
def cluster_que_archiva() -> Iterator[Archivado]:
    with tempfile.TemporaryDirectory(prefix="inventario-pgb-", ignore_cleanup_errors=True) as nombre:
        carpeta, clave = Path(nombre), secrets.token_urlsafe(12)
        _del_duenio(carpeta)
        _, hallados = next(candidatos())
        programas = programas_alcanzables(hallados, carpeta)
        crear(programas, carpeta, clave)
        _poner_ops(carpeta)
        proceso, puerto = encender(programas, carpeta, clave, _ajustes(carpeta))
        try:
            _decir_el_puerto(carpeta, puerto)
            servidor = f"postgres://inventario:{clave}@127.0.0.1:{puerto}"
            with psycopg.connect(f"{servidor}/postgres", autocommit=True) as conexion:
                conexion.execute("CREATE DATABASE inventario")
            yield Archivado(carpeta, programas, clave, f"{servidor}/inventario")
        finally:
            terminar(proceso, signal.SIGINT)


@contextmanager
def cluster_restaurado(de: Archivado, *, al: datetime) -> Iterator[str]:
    """Restaura el repositorio a ese instante en otro clúster y lo enciende. Entrega su dirección."""
    carpeta = de.carpeta / f"restaurado-{secrets.token_hex(3)}"
    (carpeta / "datos").mkdir(parents=True, mode=0o700)
    _del_duenio(carpeta)
    _del_duenio(carpeta / "datos")
    de.pgbackrest(
        *(f"--pg1-path={carpeta / 'datos'}", "--type=time", f"--target={al:%Y-%m-%d %H:%M:%S.%f%z}"),
        *("--target-action=promote", "restore"),
    )
    # Lo restaurado no archiva encima de lo que sigue vivo.
    ajustes = {**_ajustes(carpeta), "archive_mode": "off"}
    proceso, puerto = encender(de.programas, carpeta, de.clave, ajustes)
    try:
        url = f"postgres://inventario:{de.clave}@127.0.0.1:{puerto}/inventario"
        limite = time.monotonic() + PACIENCIA_S
        while _recuperando(url, carpeta):
            assert time.monotonic() < limite, (carpeta / "registro.txt").read_text()
            time.sleep(0.1)
        yield url
    finally:
        terminar(proceso, signal.SIGINT)


def _recuperando(url: str, carpeta: Path) -> bool:
    try:
        with psycopg.connect(url) as conexion:
            return conexion.execute("SELECT pg_is_in_recovery()").fetchone() != (False,)
    except psycopg.OperationalError as error:
        raise AssertionError((carpeta / "registro.txt").read_text()) from error


def _poner_ops(carpeta: Path) -> None:
    """Los archivos de `ops/` tal como se despliegan; solo cambian las rutas y el usuario de la base."""
    repositorio = carpeta / "repositorio"
    repositorio.mkdir(mode=0o700)
    _del_duenio(repositorio)
    conf = carpeta / "pgbackrest.conf"
    conf.write_text(
        _cambiar(
            (OPS / "pgbackrest.conf").read_text(),
            {
                "repo1-path=/var/lib/pgbackrest": f"repo1-path={repositorio}",
                "lock-path=/var/lib/pgbackrest/lock": f"lock-path={carpeta}/turno",
                "pg1-path=/var/lib/postgresql/15/main": f"pg1-path={carpeta}/datos",
                "pg1-socket-path=/var/run/postgresql": f"pg1-socket-path={carpeta}\npg1-user=inventario",
            },
        )
    )
    archivo = (OPS / "archivo.conf").read_text()
    ajustes = _cambiar(archivo, {"pgbackrest --stanza": f"pgbackrest --config={conf} --stanza"})
    with (carpeta / "datos" / "postgresql.conf").open("a") as salida:
        salida.write(ajustes)
    # Por el enchufe solo entra quien puede entrar a la carpeta, que es privada.
    acceso = carpeta / "datos" / "pg_hba.conf"
    acceso.write_text(f"local all all trust\n{acceso.read_text()}")


def _decir_el_puerto(carpeta: Path, puerto: int) -> None:
    with (carpeta / "pgbackrest.conf").open("a") as conf:
        conf.write(f"pg1-port={puerto}\n")


def _cambiar(texto: str, cambios: dict[str, str]) -> str:
    for antes, despues in cambios.items():
        assert texto.count(antes) == 1, antes
        texto = texto.replace(antes, despues)
    return texto


def _del_duenio(ruta: Path) -> None:
    duenio = usuario_sin_privilegios()
    if duenio is not None:
        os.chown(ruta, duenio.pw_uid, duenio.pw_gid)
