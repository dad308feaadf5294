"""Qué prueba corre en qué motor.

`make test` corre la suite en SQLite y en PostgreSQL a la vez, y no todo en los dos:

- lo que depende del motor (dominio, carreras, planes, sentencias, restricciones) corre en ambos, y también la
  prueba de un borde que cuenta sentencias o abre hilos;
- un borde (páginas, APIs, admin) corre en uno, siempre en el mismo;
- lo que no toca la base, también en uno.

La clase sale de la ruta del archivo y de lo que la prueba pide: una prueba nueva no se registra en ninguna
parte. `make test-todo` corre todo en los dos motores, y quien llama a pytest a mano, todo en el suyo.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import CodeType
from typing import Final
from zlib import crc32

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
MOTORES: Final = frozenset({SQLITE, POSTGRESQL})

VARIABLE: Final = "INVENTARIO_PRUEBAS"
REPARTIDAS: Final = "repartidas"
TODAS: Final = "todas"

# Solo la corrida de PostgreSQL recibe un Redis: en la otra se prueba la caché sin él.
_ATADAS = {"postgresql": POSTGRESQL, "redis": POSTGRESQL, "sqlite": SQLITE}
_DE_LA_BASE = frozenset({"db", "transactional_db", "live_server"})
_CARPETAS_DE_BORDE = frozenset({"api", "biofloc", "borde", "navegador", "panel"})
_BORDES = ("adaptador", "admin", "api", "cliente", "cors", "esquema", "guia", "nginx", "paginas")
# Aunque prueben un borde, lo que dicen depende del motor.
_DEL_MOTOR = ("carreras", "consultas", "planes", "restricciones", "secuencias", "sentencias")
# Con qué se cuentan las sentencias de una prueba, y con qué se abren hilos.
_DE_SENTENCIAS = ("QueriesContext", "num_queries", "consultas", "sentencias")
_DE_HILOS = frozenset({"Thread", "ThreadPoolExecutor", "a_la_vez", "contar_a_la_vez"})
# SQLite corre más de prisa y no tiene carreras ni planes: le tocan más bordes, de cada cien.
_PARA_SQLITE = 80
# Inclinan la balanza por sí solos. La búsqueda por la API halla más donde se escribe a la vez.
PESADAS = {
    "inventario/tests/test_alcance_en_paginas_y_api.py": SQLITE,
    "inventario/tests/navegador/test_pantallas.py": SQLITE,
    "inventario/tests/test_esquema_en_vivo.py": POSTGRESQL,
}


@dataclass(frozen=True)
class Prueba:
    """Lo que decide dónde corre: su archivo, desde la raíz del proyecto, sus marcas y si usa la base."""

    archivo: str
    marcas: frozenset[str]
    usa_la_base: bool
    mira_el_motor: bool = False

    @classmethod
    def leer(
        cls, archivo: str, *, marcas: Iterable[str], pide: Iterable[str], nombra: Iterable[str] = ()
    ) -> Prueba:
        """`pide` son sus fixtures y `nombra`, lo que usa por su nombre."""
        marcas, pide = frozenset(marcas), frozenset(pide)
        return cls(
            archivo,
            marcas,
            "django_db" in marcas or not _DE_LA_BASE.isdisjoint(pide),
            any(_cuenta_o_corre(nombre) for nombre in (*pide, *nombra)),
        )


def nombres_de(codigo: CodeType) -> frozenset[str]:
    """Devuelve lo que una función usa por su nombre, con lo de las funciones que lleva adentro."""
    dentro = [parte for parte in codigo.co_consts if isinstance(parte, CodeType)]
    return frozenset(codigo.co_names).union(*(nombres_de(parte) for parte in dentro))


def _cuenta_o_corre(nombre: str) -> bool:
    return nombre in _DE_HILOS or any(pedazo in nombre for pedazo in _DE_SENTENCIAS)


def repartidas() -> bool:
    return os.environ.get(VARIABLE) == REPARTIDAS


def todas() -> bool:
    return os.environ.get(VARIABLE) == TODAS


def posibles(prueba: Prueba) -> frozenset[str]:
    """Devuelve los motores donde se puede correr, por sus marcas."""
    donde = MOTORES
    for marca in prueba.marcas & _ATADAS.keys():
        donde &= {_ATADAS[marca]}
    return donde


def corridas(prueba: Prueba) -> frozenset[str]:
    """Devuelve los motores donde `make test` la corre."""
    donde = posibles(prueba)
    de_los_dos = prueba.mira_el_motor or not es_de_borde(prueba.archivo)
    if len(donde) < 2 or (prueba.usa_la_base and de_los_dos):
        return donde
    return frozenset({_turno(prueba.archivo)})


def es_de_borde(archivo: str) -> bool:
    ruta = PurePosixPath(archivo)
    palabras = ruta.stem.split("_")
    if any(palabra in palabras for palabra in _DEL_MOTOR):
        return False
    return not _CARPETAS_DE_BORDE.isdisjoint(ruta.parts) or any(palabra in palabras for palabra in _BORDES)


def _turno(archivo: str) -> str:
    return PESADAS.get(archivo) or (SQLITE if crc32(archivo.encode()) % 100 < _PARA_SQLITE else POSTGRESQL)
