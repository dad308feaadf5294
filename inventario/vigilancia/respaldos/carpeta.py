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

_PREFIJO = "inventario-"
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


def nombre_de(cuando: datetime, extension: str) -> str:
    return f"{_PREFIJO}{cuando.astimezone(UTC):{_FORMATO}}.{extension}"


def cuando_de(archivo: Path) -> datetime:
    """Lee del nombre el instante del respaldo; lanza `ValueError` si no es un nombre nuestro."""
    return datetime.strptime(archivo.stem.removeprefix(_PREFIJO), _FORMATO).replace(tzinfo=UTC)


def preparar(carpeta: Path) -> None:
    """Crea la carpeta, donde solo entra quien respalda: un respaldo es la base entera."""
    carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def turno(carpeta: Path) -> Iterator[None]:
    """Un respaldo, o una verificación, a la vez. Lanza `RespaldoImposible` si hay otro en marcha."""
    with (carpeta / ".turno").open("w") as cerrojo:
        try:
            fcntl.flock(cerrojo, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RespaldoImposible(
                f"Ya hay un respaldo en marcha en {carpeta}: espere a que termine."
            ) from None
        yield


@contextlib.contextmanager
def borrador(carpeta: Path, nombre: str) -> Iterator[Path]:
    """Presta un archivo vacío que solo su dueño lee, y lo borra si al final sigue ahí.

    El nombre no cambia de una vez a otra: lo que dejó una que mataron lo borra la siguiente.
    """
    archivo = carpeta / nombre
    archivo.unlink(missing_ok=True)
    archivo.touch(mode=0o600)
    try:
        yield archivo
    finally:
        archivo.unlink(missing_ok=True)


def huella_de(archivo: Path) -> str:
    suma = hashlib.sha256()
    with archivo.open("rb") as flujo:
        while tanda := flujo.read(_TANDA):
            suma.update(tanda)
    return suma.hexdigest()


def ruta_de_ficha(archivo: Path) -> Path:
    return archivo.with_name(f"{archivo.name}.json")


def guardar(contenido: Path, ficha: Ficha) -> Path:
    """Pone el respaldo con su nombre, que devuelve; va después de su ficha: sin los dos no hay respaldo."""
    archivo = contenido.with_name(ficha.archivo)
    with borrador(contenido.parent, ".en-marcha.json") as escrita:
        escrita.write_text(json.dumps(asdict(ficha), ensure_ascii=False, indent=1) + "\n")
        _al_disco(escrita)
        _al_disco(contenido)
        escrita.rename(ruta_de_ficha(archivo))
        contenido.rename(archivo)
    _al_disco(archivo.parent)
    return archivo


def leer_ficha(archivo: Path) -> Ficha:
    """Devuelve la ficha del respaldo. Lanza `RespaldoImposible` si falta o no se entiende."""
    try:
        return Ficha(**json.loads(ruta_de_ficha(archivo).read_text()))
    except FileNotFoundError:
        raise RespaldoImposible(
            f"{archivo} no tiene su ficha ({ruta_de_ficha(archivo).name}) al lado."
        ) from None
    except (ValueError, TypeError) as error:
        raise RespaldoImposible(f"La ficha de {archivo} no se entiende: no lo use.") from error


def listar(carpeta: Path) -> list[Path]:
    """Devuelve los respaldos completos de la carpeta, el más nuevo primero."""
    fichas = sorted(carpeta.glob(f"{_PREFIJO}*.json"), reverse=True)
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
    if not archivo.is_file():
        raise RespaldoImposible(f"No existe el respaldo {archivo}.")
    ficha = leer_ficha(archivo)
    if archivo.stat().st_size != ficha.bytes or huella_de(archivo) != ficha.sha256:
        raise RespaldoImposible(f"{archivo} no es lo que se escribió: cambió su huella. No lo use.")
    return ficha


def borrar_sobrantes(carpeta: Path) -> list[Path]:
    """Borra lo que la retención no guarda. Devuelve los archivos borrados."""
    por_cuando = {cuando_de(archivo): archivo for archivo in listar(carpeta)}
    guardados = se_guardan(por_cuando)
    sobran = [archivo for cuando, archivo in por_cuando.items() if cuando not in guardados]
    for archivo in sobran:
        archivo.unlink()
        ruta_de_ficha(archivo).unlink()
    return sobran


def _al_disco(ruta: Path) -> None:
    descriptor = os.open(ruta, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
