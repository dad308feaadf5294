"""JSON estricto: lo que no se puede guardar ni comparar con exactitud no entra."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from inventario.borde.errores import CuerpoDemasiadoGrande

CUERPO_MAXIMO = 1024 * 1024
PROFUNDIDAD_MAXIMA = 20
CIFRAS_MAXIMAS = 400
EXPONENTE_MAXIMO = 308
_SUSTITUTO = re.compile("[\ud800-\udfff]")


class AnalizadorJson(BaseParser):
    """Los números con punto salen como `Decimal`, nunca como coma flotante binaria."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            # Un byte de más basta para saber que sobra, sin leer lo que venga después.
            cuerpo = stream.read(CUERPO_MAXIMO + 1)
        except UnreadablePostError as error:
            # Quien llamaba cortó a medias: nadie leerá la respuesta, y no es un error nuestro.
            raise ParseError("El cuerpo de la solicitud no llegó entero.") from error
        if len(cuerpo) > CUERPO_MAXIMO:
            raise CuerpoDemasiadoGrande("El cuerpo de la solicitud no puede pasar de 1 MB.")
        return analizar(cuerpo)


def analizar(cuerpo: bytes) -> Any:
    """Devuelve los datos del JSON; lanza `ParseError` con una frase si algo no se admite."""
    try:
        texto = cuerpo.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError("El cuerpo debe estar en UTF-8.") from error
    try:
        datos = json.loads(
            texto,
            parse_float=_decimal,
            parse_int=_entero,
            parse_constant=_constante,
            object_pairs_hook=_objeto,
        )
    except RecursionError as error:
        raise _demasiado_hondo() from error
    except json.JSONDecodeError as error:
        raise ParseError(
            f"El cuerpo no es JSON válido (línea {error.lineno}, columna {error.colno})."
        ) from error
    if not isinstance(datos, dict | list):
        raise ParseError("El cuerpo debe ser un objeto JSON.")
    _revisar(datos)
    return datos


def _decimal(literal: str) -> Decimal:
    if len(literal) > CIFRAS_MAXIMAS:
        raise ParseError(f"Un número tiene más de {CIFRAS_MAXIMAS} cifras.")
    try:
        numero = Decimal(literal)
    except InvalidOperation as error:
        raise ParseError("Un número es demasiado grande.") from error
    if numero and abs(numero.adjusted()) > EXPONENTE_MAXIMO:
        raise ParseError("Un número es demasiado grande o demasiado pequeño.")
    return numero


def _entero(literal: str) -> int:
    if len(literal) > CIFRAS_MAXIMAS:
        raise ParseError(f"Un número tiene más de {CIFRAS_MAXIMAS} cifras.")
    return int(literal)


def _constante(literal: str) -> Any:
    raise ParseError(f"{literal} no es un número admitido.")


def _objeto(pares: list[tuple[str, Any]]) -> dict[str, Any]:
    objeto = dict(pares)
    if len(objeto) != len(pares):
        repetida = Counter(clave for clave, _ in pares).most_common(1)[0][0]
        raise ParseError(f"La clave {ascii(repetida)[:80]} está repetida.")
    return objeto


def _revisar(datos: Any) -> None:
    """Recorre sin recursión: un anidado hostil no debe tumbar el proceso."""
    pendientes: list[tuple[Any, int]] = [(datos, 0)]
    while pendientes:
        valor, profundidad = pendientes.pop()
        if isinstance(valor, str):
            _revisar_texto(valor)
        elif isinstance(valor, dict | list):
            if profundidad >= PROFUNDIDAD_MAXIMA:
                raise _demasiado_hondo()
            if isinstance(valor, dict):
                pendientes += [(clave, profundidad + 1) for clave in valor]
                pendientes += [(hijo, profundidad + 1) for hijo in valor.values()]
            else:
                pendientes += [(hijo, profundidad + 1) for hijo in valor]


def _revisar_texto(texto: str) -> None:
    if "\x00" in texto:
        raise ParseError("Un texto tiene un carácter nulo.")
    if _SUSTITUTO.search(texto):
        raise ParseError("Un texto tiene un carácter Unicode incompleto.")


def _demasiado_hondo() -> ParseError:
    return ParseError(f"El JSON tiene más de {PROFUNDIDAD_MAXIMA} niveles.")
