"""Al arrancar: que todo el que oye un evento exista, y que el evento también."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from inventario.eventos.catalogo import CATALOGO
from inventario.eventos.consumidores import HaciaAfuera
from inventario.nucleo.enchufes import por_que_no_sirve


@register("eventos")
def revisar_consumidores(app_configs: Any, **_: Any) -> list[CheckMessage]:
    return [*_tipos(), *_rutas(), *_en_el_acto()]


def _tipos() -> Iterator[CheckMessage]:
    for tipo in settings.CONSUMIDORES_DE_EVENTOS:
        if tipo not in CATALOGO:
            yield Error(
                f"CONSUMIDORES_DE_EVENTOS espera «{tipo}», que no es un tipo de evento.",
                hint="Los que hay están en inventario/eventos/catalogo.py.",
                id="eventos.E001",
            )
        if not isinstance(settings.CONSUMIDORES_DE_EVENTOS[tipo], list | tuple):
            yield Error(f"Los que esperan «{tipo}» van en una lista.", id="eventos.E005")


def _rutas() -> Iterator[CheckMessage]:
    for ruta in sorted(_esperan()):
        if motivo := por_que_no_sirve(ruta):
            yield Error(f"El consumidor «{ruta}» {motivo}.", id="eventos.E002")


def _en_el_acto() -> Iterator[CheckMessage]:
    for ruta in settings.CONSUMIDORES_EN_EL_ACTO:
        if ruta not in _esperan():
            yield Error(
                f"CONSUMIDORES_EN_EL_ACTO nombra «{ruta}», que no espera ningún evento.", id="eventos.E003"
            )
        elif _sale(ruta):
            yield Error(
                f"«{ruta}» habla con otra máquina: no puede recibir en el acto, que es una transacción.",
                hint="Quítelo de CONSUMIDORES_EN_EL_ACTO.",
                id="eventos.E004",
            )


def _esperan() -> set[str]:
    esperan: list[Any] = list(settings.CONSUMIDORES_DE_EVENTOS.values())
    return {ruta for rutas in esperan if isinstance(rutas, list | tuple) for ruta in rutas}


def _sale(ruta: str) -> bool:
    try:
        return isinstance(import_string(ruta), HaciaAfuera)
    except ImportError:
        return False
