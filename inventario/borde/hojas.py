"""Cuánto puede traer un archivo, mirado antes de leerlo: lo que ocupa de más no llega a la memoria."""

from __future__ import annotations

import re
import zipfile
from gzip import GzipFile
from typing import IO

from inventario.nucleo.errores import DatoInvalido

MAXIMO_BYTES = 100 * 1024 * 1024
MAXIMO_FILAS = 500_000
MAXIMO_COLUMNAS = 200
# El de una hoja de cálculo; nada nuestro se acerca.
MAXIMO_CELDA = 32_767

_TANDA = 256 * 1024
# Lo que puede ocupar una celda llena escrita en XML: cada letra, hasta diez bytes de entidad.
_CELDA_EN_XML = MAXIMO_CELDA * 10
# Donde empieza otra celda, otro texto compartido u otra fila, con o sin prefijo de espacio de nombres.
_OTRA_CELDA = re.compile(rb"<(?:[\w.-]+:)?(?:c|si|is|row)[\s/>]")
_OTRA_FILA = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_TEXTO = re.compile(rb">([^<]+)")
# Lo escrito aquí no va en ninguna celda: de ello solo se mira que no traiga un texto desmedido de corrido.
_SIN_CELDAS = ("xl/styles", "xl/theme", "xl/comments", "xl/threadedComments", "xl/drawings", "docProps/")


def ilegible(mensaje: str) -> DatoInvalido:
    """El rechazo de un archivo entero."""
    return DatoInvalido(mensaje, campo="archivo")


def hasta_el_tope(flujo: IO[bytes] | GzipFile) -> bytes:
    """Lee todo; lanza `DatoInvalido` si pasa de `MAXIMO_BYTES`, sin leer más que eso."""
    contenido = bytearray()
    while tanda := flujo.read(_TANDA):
        contenido += tanda
        if len(contenido) > MAXIMO_BYTES:
            raise ilegible(f"El archivo pasa de {MAXIMO_BYTES // 2**20} MB: divídalo.")
    return bytes(contenido)


def exigir_hoja_medida(nombre: str, paquete: zipfile.ZipFile, *, filas: int | None = None) -> None:
    """Recorre un XLSX por tandas, sin armarlo; lanza `DatoInvalido` si algo de él pasa de los topes.

    Unos kilobytes pueden ser una celda de cien megas, y lo que el paquete dice de sus tamaños puede ser
    falso: se cuenta lo que de verdad sale al descomprimir. `filas` es el tope, con el encabezado aparte.
    """
    maximo = MAXIMO_FILAS if filas is None else filas
    ocupado = sum(parte.file_size for parte in paquete.infolist())
    if ocupado <= MAXIMO_BYTES:
        ocupado = 0
        for parte in paquete.infolist():
            with paquete.open(parte) as flujo:
                con_celdas = not parte.filename.startswith(_SIN_CELDAS)
                ocupado += _recorrer(nombre, flujo, con_celdas=con_celdas, maximo=maximo)
    if ocupado > MAXIMO_BYTES:
        raise ilegible(f"{nombre} ocupa más de {MAXIMO_BYTES // 2**20} MB descomprimido.")


def _recorrer(nombre: str, flujo: IO[bytes], *, con_celdas: bool, maximo: int) -> int:
    """Devuelve cuántos bytes tenía la parte.

    Cada tanda se mira hasta su última etiqueta, que puede venir partida en dos.
    """
    leidos = filas = de_la_celda = 0
    resto = b""
    while tanda := flujo.read(_TANDA):
        leidos += len(tanda)
        hasta = (visto := resto + tanda).rfind(b"<")
        entero, resto = (visto[:hasta], visto[hasta:]) if hasta >= 0 else (b"", visto)
        if b"<!DOCTYPE" in entero or b"<!ENTITY" in entero:
            raise ilegible(f"{nombre} no es un XLSX que se pueda leer.")
        if con_celdas:
            filas += len(_OTRA_FILA.findall(entero))
            *_, ultima = (-1, *(otra.start() for otra in _OTRA_CELDA.finditer(entero)))
            texto = sum(map(len, _TEXTO.findall(entero, max(ultima, 0))))
            de_la_celda = texto if ultima >= 0 else de_la_celda + texto
        if max(len(resto), de_la_celda) > _CELDA_EN_XML:
            raise celda_desmedida(nombre)
        if filas > maximo + 1:
            raise demasiadas_filas(maximo)
    return leidos


def demasiadas_filas(maximo: int) -> DatoInvalido:
    return ilegible(f"Se admiten hasta {maximo} filas por archivo: divídalo.")


def celda_desmedida(nombre: str) -> DatoInvalido:
    return ilegible(f"{nombre} tiene una celda de más de {MAXIMO_CELDA} caracteres.")
