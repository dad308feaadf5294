"""La carpeta de los respaldos: un archivo por respaldo y, al lado, su ficha."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from inventario.vigilancia.respaldos.errores import RespaldoImposible
from inventario.vigilancia.respaldos.retencion import se_guardan

_FORMATO = "%Y%m%dT%H%M%SZ"
_TANDA = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ficha:
    """Lo que se sabe de un respaldo sin abrirlo. `movimientos`, cuántos hay de cada empresa, por su id."""

    archivo: str
    motor: str
    version: str
    creado_en: str
    bytes: int
    sha256: str
    duro_s: float
    migraciones: dict[str, str]
    movimientos: dict[str, int]

    @property
    def cuando(self) -> datetime:
        return datetime.fromisoformat(self.creado_en)


def nombre_de(cuando: datetime, extension: str) -> str:
    return f"inventario-{cuando.astimezone(UTC):{_FORMATO}}.{extension}"


def preparar(carpeta: Path) -> None:
    """Crea la carpeta, donde solo entra quien respalda: un respaldo es la base entera."""
    carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def turno(carpeta: Path) -> Iterator[None]:
    """Un respaldo a la vez. Lanza `RespaldoImposible` si hay otro en marcha."""
    with (carpeta / ".turno").open("w") as cerrojo:
        try:
            fcntl.flock(cerrojo, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RespaldoImposible(f"Ya hay un respaldo en marcha en {carpeta}.") from None
        yield


def huella_de(archivo: Path) -> str:
    suma = hashlib.sha256()
    with archivo.open("rb") as flujo:
        while tanda := flujo.read(_TANDA):
            suma.update(tanda)
    return suma.hexdigest()


def ruta_de_ficha(archivo: Path) -> Path:
    return archivo.with_name(f"{archivo.name}.json")


def guardar(borrador: Path, ficha: Ficha) -> Path:
    """Pone el respaldo con su nombre y su ficha, que va al final: sin ella, no es un respaldo."""
    archivo = borrador.with_name(ficha.archivo)
    _al_disco(borrador)
    borrador.rename(archivo)
    borrador_de_ficha = archivo.with_name(f".{archivo.name}.json")
    borrador_de_ficha.write_text(json.dumps(asdict(ficha), ensure_ascii=False, indent=1) + "\n")
    _al_disco(borrador_de_ficha)
    borrador_de_ficha.rename(ruta_de_ficha(archivo))
    _al_disco(archivo.parent)
    return archivo


def leer_ficha(archivo: Path) -> Ficha:
    """Devuelve la ficha del respaldo. Lanza `RespaldoImposible` si falta o no se entiende."""
    try:
        return Ficha(**json.loads(ruta_de_ficha(archivo).read_text()))
    except FileNotFoundError:
        raise RespaldoImposible(f"{archivo} no tiene su ficha ({ruta_de_ficha(archivo).name}) al lado.") from None
    except (ValueError, TypeError) as error:
        raise RespaldoImposible(f"La ficha de {archivo} no se entiende.") from error


def listar(carpeta: Path) -> list[Path]:
    """Devuelve los respaldos completos de la carpeta, el más nuevo primero."""
    fichas = sorted(carpeta.glob("inventario-*.json"), reverse=True)
    archivos = [ficha.with_name(ficha.name.removesuffix(".json")) for ficha in fichas]
    return [archivo for archivo in archivos if archivo.exists()]


def ultimo(carpeta: Path) -> Path:
    """Devuelve el más nuevo. Lanza `RespaldoImposible` si no hay ninguno."""
    hay = listar(carpeta)
    if not hay:
        raise RespaldoImposible(f"No hay ningún respaldo en {carpeta}: corra «respaldar».")
    return hay[0]


def exigir_sano(archivo: Path) -> Ficha:
    """Comprueba que el archivo sea el que se escribió y devuelve su ficha. Lanza `RespaldoImposible`."""
    ficha = leer_ficha(archivo)
    if not archivo.exists():
        raise RespaldoImposible(f"Falta {archivo}.")
    if archivo.stat().st_size != ficha.bytes or huella_de(archivo) != ficha.sha256:
        raise RespaldoImposible(f"{archivo} no es lo que se escribió: cambió su huella. No lo use.")
    return ficha


def borrar_sobrantes(carpeta: Path) -> list[Path]:
    """Borra lo que la retención no guarda; primero la ficha. Devuelve los archivos borrados."""
    por_cuando = {leer_ficha(archivo).cuando: archivo for archivo in listar(carpeta)}
    sobran = [archivo for cuando, archivo in por_cuando.items() if cuando not in se_guardan(por_cuando)]
    for archivo in sobran:
        ruta_de_ficha(archivo).unlink()
        archivo.unlink()
    return sobran


def _al_disco(ruta: Path) -> None:
    descriptor = os.open(ruta, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
