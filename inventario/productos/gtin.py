"""Dígito de control de los códigos GTIN (GS1): el mismo módulo 10 para 8, 12, 13 y 14 cifras."""

from __future__ import annotations

LARGOS = (8, 12, 13, 14)


def es_gtin(codigo: str) -> bool:
    """Dice si el texto tiene la forma de un GTIN; otro texto es un código de barras libre."""
    return len(codigo) in LARGOS and codigo.isascii() and codigo.isdigit()


def digito_de_control(cuerpo: str) -> int:
    """Devuelve la última cifra que le toca al cuerpo de un GTIN (el código sin ella)."""
    # Los pesos 3 y 1 se alternan desde la derecha: por eso el largo no importa.
    suma = sum(int(cifra) * (3, 1)[lugar % 2] for lugar, cifra in enumerate(reversed(cuerpo)))
    return -suma % 10


def formas_de(codigo: str) -> list[str]:
    """El mismo GTIN escrito con 8, 12, 13 o 14 cifras; de otro texto, solo él; de nada, nada.

    Quien lo guardó copió lo impreso, y un lector agrega los ceros que la caja no imprime.
    """
    if not es_gtin(codigo):
        return [codigo] if codigo else []
    sin_ceros = codigo.lstrip("0")
    return sorted({codigo, *(sin_ceros.zfill(largo) for largo in LARGOS if len(sin_ceros) <= largo)})


def es_correcto(codigo: str) -> bool:
    """Es un GTIN y su última cifra es la que le toca."""
    return es_gtin(codigo) and digito_de_control(codigo[:-1]) == int(codigo[-1])
