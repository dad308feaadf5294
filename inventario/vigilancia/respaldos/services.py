"""Respaldar, comprobar que lo respaldado sirve, y restaurar (contrato inventario §8, R-33)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
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


@dataclass(frozen=True, slots=True)
class Hecho:
    """Un respaldo escrito, y los viejos que la retención dejó ir."""

    archivo: Path
    ficha: Ficha
    borrados: list[Path]


@dataclass(frozen=True, slots=True)
class Verificado:
    """Un respaldo que se restauró aparte y resultó igual; `dicho` es lo que dijo `verificar_libro`."""

    archivo: Path
    ficha: Ficha
    dicho: str
    duro_s: float


def respaldar(*, carpeta: Path, reloj: Reloj = timezone.now) -> Hecho:
    """Escribe un respaldo completo de la base y aplica la retención. Lanza `RespaldoImposible`.

    Si algo falla no queda nada a medias, y nada viejo se borra.
    """
    archivos.preparar(carpeta)
    with archivos.turno(carpeta):
        empezo, cuando = time.monotonic(), reloj()
        motor, url = _de_donde()
        extension = sqlite.EXTENSION if motor == SQLITE else postgresql.EXTENSION
        borrador = carpeta / f".en-marcha.{extension}"
        borrador.unlink(missing_ok=True)
        borrador.touch(mode=0o600)
        try:
            if motor == SQLITE:
                sqlite.copiar(Path(url), borrador)
                version, migraciones, movimientos = sqlite.que_lleva(borrador)
            else:
                version, migraciones, movimientos = postgresql.volcar(url, borrador)
            ficha = Ficha(
                archivo=archivos.nombre_de(cuando, extension),
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
        finally:
            borrador.unlink(missing_ok=True)
        return Hecho(archivo, ficha, archivos.borrar_sobrantes(carpeta))


def verificar(archivo: Path) -> Verificado:
    """Restaura el respaldo aparte, compara lo que lleva con su ficha y recalcula los libros.

    Lanza `RespaldoImposible` si el archivo cambió, si no se puede restaurar, si lleva otra cosa o si los
    libros no cuadran. Lo restaurado se borra.
    """
    empezo = time.monotonic()
    ficha = archivos.exigir_sano(archivo)
    if ficha.motor == SQLITE:
        dicho = _comprobar(ficha, f"sqlite:///{_copia_de_prueba(archivo)}")
    else:
        with postgresql.base_de_prueba(settings.DATABASE_URL_RESPALDO) as url:
            postgresql.restaurar(archivo, url)
            dicho = _comprobar(ficha, url)
    return Verificado(archivo, ficha, dicho, round(time.monotonic() - empezo, 2))


def restaurar(archivo: Path, *, en: str) -> Verificado:
    """Restaura el respaldo en la base vacía de esa dirección y comprueba lo restaurado.

    `en` es `postgres://…` o `sqlite:///ruta`. Nada se pisa: lanza `RespaldoImposible` si el destino ya tiene
    algo, si es de otro motor o si lo restaurado no cuadra.
    """
    empezo = time.monotonic()
    ficha = archivos.exigir_sano(archivo)
    es_sqlite = en.startswith("sqlite:///")
    if es_sqlite != (ficha.motor == SQLITE):
        raise RespaldoImposible(f"Es un respaldo de {ficha.motor}: el destino debe ser del mismo motor.")
    if es_sqlite:
        destino = Path(en.removeprefix("sqlite:///"))
        if destino.exists():
            raise RespaldoImposible(f"Ya existe {destino}: muévalo antes, o restaure con otro nombre.")
        destino.parent.mkdir(parents=True, exist_ok=True)
        destino.touch(mode=0o600)
        sqlite.copiar(archivo, destino)
    else:
        postgresql.restaurar(archivo, en)
    return Verificado(archivo, ficha, _comprobar(ficha, en), round(time.monotonic() - empezo, 2))


def _de_donde() -> tuple[str, str]:
    """Devuelve el motor de la base de la aplicación y su dirección (la ruta, si es un archivo)."""
    base = settings.DATABASES["default"]
    if base["ENGINE"].endswith("sqlite3"):
        return SQLITE, str(base["NAME"])
    return POSTGRESQL, settings.DATABASE_URL_RESPALDO


def _copia_de_prueba(archivo: Path) -> Path:
    copia = archivo.with_name(f".ensayo-{os.getpid()}.sqlite3")
    copia.unlink(missing_ok=True)
    copia.touch(mode=0o600)
    sqlite.copiar(archivo, copia)
    return copia


def _comprobar(ficha: Ficha, url: str) -> str:
    """Exige que la base restaurada lleve lo de la ficha y cuadre; devuelve lo que se dijo."""
    if ficha.motor == SQLITE:
        _, migraciones, movimientos = sqlite.que_lleva(Path(url.removeprefix("sqlite:///")))
    else:
        migraciones, movimientos = postgresql.que_lleva(url)
    if (migraciones, movimientos) != (ficha.migraciones, ficha.movimientos):
        raise RespaldoImposible("Lo restaurado no lleva lo que dice la ficha: faltan migraciones o movimientos.")
    # En otro proceso: este ya está unido a la base de siempre.
    hecho = subprocess.run(
        [sys.executable, "manage.py", "verificar_libro"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "BASE_DE_DATOS_AGRUPADA": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if hecho.returncode:
        raise RespaldoImposible(f"Los libros restaurados no cuadran:\n{hecho.stdout}{hecho.stderr[-2000:]}")
    return hecho.stdout.strip()
