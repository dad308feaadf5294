"""Todas las direcciones que el sistema atiende, sacadas de su propio mapa: ninguna se olvida.

Escribirlas en JSON corre en otro proceso, que para leer el mapa hay que configurar Django.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from escenarios.ataque.blanco import Blanco
from herramientas.procesos import RAIZ

ESPACIOS = ("panel", "cuentas", "admin", "api", "biofloc", "")


@dataclass(frozen=True)
class Direccion:
    """`forma` lleva `%(nombre)s` donde va cada parámetro."""

    nombre: str
    forma: str
    parametros: tuple[str, ...]

    @property
    def de_api(self) -> bool:
        return self.nombre.startswith(("api:", "biofloc:"))

    def rutas(self, *valores: Any) -> Iterator[str]:
        """La forma con cada combinación de esos valores en sus parámetros."""
        for elegidos in itertools.product(valores, repeat=len(self.parametros)):
            yield self.forma % dict(zip(self.parametros, elegidos, strict=True))


def mapa(blanco: Blanco) -> tuple[Direccion, ...]:
    return _leer(tuple(sorted(blanco.todo.ambiente.items())))


def rutas_sin_parametros(blanco: Blanco) -> list[str]:
    return [una.forma % {} for una in mapa(blanco) if not una.parametros]


@cache
def _leer(ambiente: tuple[tuple[str, str], ...]) -> tuple[Direccion, ...]:
    hecho = subprocess.run(
        [sys.executable, "-m", __name__],
        cwd=RAIZ,
        env=dict(ambiente),
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(
        Direccion(nombre, forma, tuple(cuales)) for nombre, forma, cuales in json.loads(hecho.stdout)
    )


def _escribir() -> None:
    import django

    django.setup()
    from django.urls import get_resolver

    print(json.dumps(sorted({*_recorrer(get_resolver(), "/", ())})))


def _recorrer(
    resolver: Any, antes: str, espacio: tuple[str, ...]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    # Al revés de resolver: la forma es la primera con que Django sabe armar esa dirección.
    from django.urls.resolvers import URLResolver
    from django.utils.regex_helper import normalize

    for patron in resolver.url_patterns:
        [(forma, parametros), *_] = normalize(patron.pattern.regex.pattern)
        if isinstance(patron, URLResolver):
            dentro = (*espacio, patron.namespace) if patron.namespace else espacio
            yield from _recorrer(patron, antes + forma, dentro)
        elif patron.name and not patron.pattern.regex.pattern.startswith("^.*"):
            yield ":".join([*espacio, patron.name]), antes + forma, tuple(parametros)


if __name__ == "__main__":
    _escribir()
