"""Textos que escribe la gente: recortados, imprimibles y de largo conocido."""

from __future__ import annotations

import unicodedata

from inventario.nucleo.errores import DatoInvalido

# Las anchas de los teclados asiáticos también: hay hojas de cálculo que las leen como las otras.
_INICIOS_DE_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def limpiar_texto(valor: str, *, campo: str, maximo: int) -> str:
    """Devuelve el texto recortado y en forma NFC, si es de una línea, imprimible y cabe en `maximo`.

    Lanza `DatoInvalido` con el campo y lo que se admite. Vacío es válido: ver `exigir_texto`.
    """
    return _limpiar(valor, campo=campo, maximo=maximo, saltos="")


def limpiar_parrafo(valor: str, *, campo: str, maximo: int) -> str:
    """Como `limpiar_texto`, pero admite saltos de línea y tabuladores."""
    return _limpiar(valor, campo=campo, maximo=maximo, saltos="\r\n\t")


def exigir_texto(valor: str, *, campo: str, maximo: int) -> str:
    """Como `limpiar_texto`, y además lanza `DatoInvalido` si no queda nada."""
    texto = limpiar_texto(valor, campo=campo, maximo=maximo)
    if not texto:
        raise DatoInvalido("No puede quedar vacío.", campo=campo, codigo="blank")
    return texto


def para_hoja(texto: str) -> str:
    """Antepone un apóstrofo a lo que una hoja de cálculo tomaría por fórmula al abrir lo exportado."""
    return f"'{texto}" if texto.startswith(_INICIOS_DE_FORMULA) else texto


def de_hoja(texto: str) -> str:
    """Deshace `para_hoja`: lo exportado se puede volver a importar igual."""
    return texto[1:] if texto[:1] == "'" and texto[1:].startswith(_INICIOS_DE_FORMULA) else texto


def plegar(texto: str) -> str:
    """Devuelve el texto sin tildes ni mayúsculas, para buscar y ordenar igual en los dos motores.

    No sirve para decidir si dos claves son la misma: «año» y «ano» se pliegan igual.
    """
    partes = unicodedata.normalize("NFD", texto.strip())
    sin_tildes = "".join(letra for letra in partes if not unicodedata.combining(letra))
    return unicodedata.normalize("NFC", sin_tildes).casefold()


def _limpiar(valor: str, *, campo: str, maximo: int, saltos: str) -> str:
    # Se mide antes de normalizar: un texto desmedido no merece ese trabajo.
    if len(valor) > maximo * 4:
        raise _demasiado_largo(campo, maximo)
    texto = unicodedata.normalize("NFC", valor.strip())
    if len(texto) > maximo:
        raise _demasiado_largo(campo, maximo)
    if not all(letra.isprintable() or letra in saltos or letra == "\u00a0" for letra in texto):
        raise DatoInvalido("Tiene caracteres que no se pueden mostrar.", campo=campo, codigo="invalid")
    return texto


def _demasiado_largo(campo: str, maximo: int) -> DatoInvalido:
    return DatoInvalido(f"Se admiten hasta {maximo} caracteres.", campo=campo, codigo="max_length")
