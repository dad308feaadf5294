"""De un CSV (también .gz) o un XLSX a filas de texto. Lo que no se pueda leer se dice en una frase."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from inventario.borde import hojas
from inventario.borde.hojas import ilegible
from inventario.nucleo.cantidades import legible
from inventario.nucleo.errores import DatoInvalido

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class FilaCruda(NamedTuple):
    """`numero` es el de la hoja de cálculo: el encabezado es la fila 1."""

    numero: int
    celdas: list[str]


class Archivo(NamedTuple):
    """El contenido entero en memoria, ya descomprimido, y la huella de lo que había en el disco."""

    nombre: str
    huella: str
    contenido: bytes


def leer_archivo(ruta: Path, nombre: str = "") -> Archivo:
    """Devuelve el archivo; lanza `DatoInvalido` si no existe, está vacío o pasa de 100 MB.

    `nombre` es cómo lo llama quien lo trajo, si en el disco está con otro.
    """
    nombre = nombre or str(ruta)
    try:
        with ruta.open("rb") as flujo:
            contenido = hojas.hasta_el_tope(flujo)
            huella = hashlib.sha256(contenido).hexdigest()
            if contenido.startswith(_GZIP):
                contenido = _descomprimir(contenido)
    except FileNotFoundError:
        raise ilegible(f"No existe el archivo {nombre}.") from None
    except IsADirectoryError:
        raise ilegible(f"{nombre} es una carpeta: nombre el archivo.") from None
    except OSError as error:
        raise ilegible(f"No se puede leer {nombre}: {error.strerror or error}.") from error
    if not contenido.strip():
        raise ilegible(f"El archivo {Path(nombre).name} está vacío.")
    return Archivo(Path(nombre).name, huella, contenido)


def filas_de(archivo: Archivo, maximo: int | None = None) -> Iterator[FilaCruda]:
    """Da las filas que no están en blanco, la del encabezado primero.

    El formato se reconoce por el contenido, no por el nombre. Lanza `DatoInvalido` en cuanto deja de
    entenderse.
    """
    tope = hojas.MAXIMO_FILAS if maximo is None else maximo
    filas = _de_xlsx(archivo) if archivo.contenido.startswith(_ZIP) else _de_csv(archivo)
    for numero, celdas in enumerate(filas, start=1):
        if numero > tope + 1:
            raise hojas.demasiadas_filas(tope)
        if len(celdas) > hojas.MAXIMO_COLUMNAS:
            raise ilegible(f"La fila {numero} tiene más de {hojas.MAXIMO_COLUMNAS} columnas.")
        if max(map(len, celdas), default=0) > hojas.MAXIMO_CELDA:
            raise hojas.celda_desmedida(archivo.nombre)
        if any(celdas):
            yield FilaCruda(numero, celdas)


def _de_csv(archivo: Archivo) -> Iterator[list[str]]:
    if archivo.contenido.startswith(_UTF16):
        raise _mal_codificado(archivo)
    try:
        texto = archivo.contenido.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _mal_codificado(archivo) from error
    encabezado = texto[: texto.find("\n")] if "\n" in texto else texto
    separador = ";" if encabezado.count(";") > encabezado.count(",") else ","
    lector = csv.reader(io.StringIO(texto, newline=""), delimiter=separador, strict=True)
    try:
        for celdas in lector:
            yield [celda.strip() for celda in celdas]
    except csv.Error as error:
        raise ilegible(
            f"{archivo.nombre}, línea {lector.line_num}: comillas mal puestas o una celda desmedida."
        ) from error


def _de_xlsx(archivo: Archivo) -> Iterator[list[str]]:
    flujo = io.BytesIO(archivo.contenido)
    try:
        with zipfile.ZipFile(flujo) as paquete:
            hojas.exigir_hoja_medida(archivo.nombre, paquete)
        libro = load_workbook(flujo, read_only=True)
        try:
            hoja = libro.worksheets[0]
            # El tamaño que declara el archivo puede ser falso: se recorre lo que de verdad hay.
            hoja.reset_dimensions()
            for fila in hoja.iter_rows():
                yield [_texto(celda.value) for celda in fila]
        finally:
            libro.close()
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        IndexError,
        SyntaxError,
        OSError,
        RuntimeError,
    ) as error:
        # openpyxl no tiene un error suyo: un XML roto es un SyntaxError; otro documento de oficina, un
        # OSError; y un paquete cifrado, un RuntimeError de zipfile.
        raise ilegible(f"{archivo.nombre} no es un XLSX que se pueda leer.") from error


def _texto(valor: Any) -> str:
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "verdadero" if valor else "falso"
    if isinstance(valor, int):
        return str(valor)
    if isinstance(valor, float):
        # Una hoja de cálculo lleva 15 cifras: 0,1 + 0,2 se guarda 0.30000000000000004 y se ve 0,3.
        return legible(Decimal(format(valor, ".15g")))
    if isinstance(valor, (datetime, date)):
        return valor.isoformat()
    return str(valor).strip()


def _descomprimir(contenido: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(contenido)) as flujo:
            return hojas.hasta_el_tope(flujo)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ilegible("El archivo .gz está cortado o dañado.") from error


def _mal_codificado(archivo: Archivo) -> DatoInvalido:
    return ilegible(f"{archivo.nombre} no está en UTF-8: guárdelo como «CSV UTF-8» y vuelva a intentar.")
