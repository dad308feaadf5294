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
