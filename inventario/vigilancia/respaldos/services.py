"""Respaldar, comprobar que lo respaldado sirve, y restaurar (R-33)."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from inventario.nucleo.reloj import Reloj
from inventario.vigilancia.respaldos import carpeta as archivos
from inventario.vigilancia.respaldos import postgresql, sqlite
from inventario.vigilancia.respaldos.carpeta import Ficha
from inventario.vigilancia.respaldos.errores import RespaldoImposible

POSTGRESQL, SQLITE = "postgresql", "sqlite"
EXTENSIONES = {SQLITE: sqlite.EXTENSION, POSTGRESQL: postgresql.EXTENSION}
_SQLITE_URL = "sqlite:///"
# Recalcular los libros enteros lleva más que una solicitud.
_SIN_APURO = {"BASE_DE_DATOS_AGRUPADA": "0", "BD_ESPERA_SENTENCIA_MS": "0", "BD_ESPERA_OCIOSA_MS": "0"}


@dataclass(frozen=True, slots=True)
class Hecho:
    """Un respaldo escrito, y los viejos que la retención dejó ir."""

    archivo: Path
    ficha: Ficha
    borrados: list[Path]


@dataclass(frozen=True, slots=True)
class Verificado:
    """Un respaldo que se restauró y resultó igual; `dicho` es lo que dijo `verificar_libro`."""

    archivo: Path
    ficha: Ficha
    dicho: str
    duro_s: float


def respaldar(*, carpeta: Path, reloj: Reloj = timezone.now) -> Hecho:
    """Escribe un respaldo completo de la base y aplica la retención. Lanza `RespaldoImposible`.

    Si algo falla no queda nada a medias, y nada viejo se borra.
    """
    with _diciendo_del_disco(carpeta):
        archivos.preparar(carpeta)
        with archivos.turno(carpeta), archivos.borrador(carpeta, ".en-marcha") as borrador:
            empezo, cuando = time.monotonic(), reloj()
            motor, origen = _de_donde()
            if motor == SQLITE:
                sqlite.copiar(Path(origen), borrador)
                version, migraciones, movimientos = sqlite.que_lleva(borrador)
            else:
                version, migraciones, movimientos = postgresql.volcar(origen, borrador)
            ficha = Ficha(
                archivo=archivos.nombre_de(cuando, EXTENSIONES[motor]),
                motor=motor,
                version=version,
                creado_en=cuando.isoformat(timespec="seconds"),
                bytes=borrador.stat().st_size,
                sha256=archivos.huella_de(borrador),
                duro_s=round(time.monotonic() - empezo, 2),
                migraciones=migraciones,
                movimientos=movimientos,
            )
            archivo = archivos.guardar(borrador, ficha)
            return Hecho(archivo, ficha, archivos.borrar_sobrantes(carpeta))


def verificar(archivo: Path) -> Verificado:
    """Restaura el respaldo aparte, compara lo que lleva con su ficha y recalcula los libros.

    Lanza `RespaldoImposible` si el archivo cambió, si no se puede restaurar, si lleva otra cosa o si los
    libros no cuadran. Lo restaurado se borra.
    """
    empezo = time.monotonic()
    with _diciendo_del_disco(archivo.parent):
        ficha = archivos.exigir_sano(archivo)
        with archivos.turno(archivo.parent), _restaurado_aparte(archivo, ficha) as url:
            dicho = _comprobar(ficha, url)
    return Verificado(archivo, ficha, dicho, round(time.monotonic() - empezo, 2))


def restaurar(archivo: Path, *, en: str) -> Verificado:
    """Restaura el respaldo en la base vacía de esa dirección y comprueba lo restaurado.

    `en` es `postgres://…` o `sqlite:///ruta`. Nada se pisa: lanza `RespaldoImposible` si el destino ya tiene
    algo, si es de otro motor o si lo restaurado no cuadra.
    """
    empezo = time.monotonic()
    ficha = archivos.exigir_sano(archivo)
    if _motor_de(en) != ficha.motor:
        raise RespaldoImposible(f"Es un respaldo de {ficha.motor}: el destino debe ser del mismo motor.")
    if ficha.motor == SQLITE:
        _restaurar_archivo(archivo, Path(en.removeprefix(_SQLITE_URL)))
    else:
        postgresql.restaurar(archivo, en)
    return Verificado(archivo, ficha, _comprobar(ficha, en), round(time.monotonic() - empezo, 2))


def _de_donde() -> tuple[str, str]:
    """Devuelve el motor de la base de la aplicación y su dirección (la ruta, si es un archivo)."""
    base = settings.DATABASES["default"]
    if base["ENGINE"].endswith("sqlite3"):
        return SQLITE, str(base["NAME"])
    return POSTGRESQL, settings.DATABASE_URL_RESPALDO


def _motor_de(url: str) -> str:
    if url.startswith(_SQLITE_URL):
        return SQLITE
    if url.startswith(("postgres://", "postgresql://")):
        return POSTGRESQL
    raise RespaldoImposible("El destino no se entiende: se admite postgres://… o sqlite:///ruta.")


@contextlib.contextmanager
def _restaurado_aparte(archivo: Path, ficha: Ficha) -> Iterator[str]:
    if ficha.motor == SQLITE:
        with archivos.borrador(archivo.parent, ".ensayo.sqlite3") as copia:
            sqlite.copiar(archivo, copia)
            yield f"{_SQLITE_URL}{copia.absolute()}"
    else:
        with postgresql.base_de_prueba(settings.DATABASE_URL_RESPALDO) as url:
            postgresql.restaurar(archivo, url)
            yield url


def _restaurar_archivo(archivo: Path, destino: Path) -> None:
    if destino.exists():
        raise RespaldoImposible(f"Ya existe {destino}: muévalo antes, o restaure con otro nombre.")
    with _diciendo_del_disco(destino.parent):
        destino.parent.mkdir(parents=True, exist_ok=True)
        with archivos.borrador(destino.parent, f".{destino.name}.en-marcha") as copia:
            sqlite.copiar(archivo, copia)
            copia.rename(destino)


def _comprobar(ficha: Ficha, url: str) -> str:
    """Exige que la base restaurada lleve lo de la ficha y cuadre; devuelve lo que se dijo."""
    if ficha.motor == SQLITE:
        _, migraciones, movimientos = sqlite.que_lleva(Path(url.removeprefix(_SQLITE_URL)))
    else:
        migraciones, movimientos = postgresql.que_lleva(url)
    if (migraciones, movimientos) != (ficha.migraciones, ficha.movimientos):
        raise RespaldoImposible(
            "Lo restaurado no lleva lo que dice la ficha: faltan migraciones o movimientos."
        )
    # En otro proceso: este ya está unido a la base de siempre.
    hecho = subprocess.run(
        [sys.executable, "manage.py", "verificar_libro"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **_SIN_APURO, "DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=postgresql.DURA_MAXIMO_S,
        check=False,
    )
    if hecho.returncode:
        raise RespaldoImposible(f"Los libros restaurados no cuadran:\n{hecho.stdout}{hecho.stderr[-2000:]}")
    return hecho.stdout.strip()


@contextlib.contextmanager
def _diciendo_del_disco(carpeta: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RespaldoImposible(f"No se pudo escribir en {carpeta}: {error.strerror or error}.") from error
