"""Una base con movimientos de verdad y confirmados, para respaldarla."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from inventario.movimientos.models import Movimiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.vigilancia.respaldos.contenido import movimientos


def con_movimientos(*, entradas: int = 3) -> Mundo:
    """Una empresa con entradas, un despacho y su reverso, ya confirmados: quien respalda es otro proceso."""
    mundo = Mundo.crear()
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        for _ in range(entradas):
            mundo.entrada(producto, 10)
        mundo.revertir(mundo.fefo(producto, 5))
    return mundo


def cuantos(mundo: Mundo) -> int:
    with en_empresa(mundo.empresa):
        return Movimiento.objects.count()


def url_de_la_prueba() -> str:
    base = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{base['NAME']}"
    usuario, clave = quote(base["USER"], safe=""), quote(base["PASSWORD"], safe="")
    return f"postgres://{usuario}:{clave}@{base['HOST']}:{base['PORT'] or 5432}/{base['NAME']}"


def ordenar(
    *argumentos: str, ambiente: dict[str, str] | None = None, plazo_s: float = 240
) -> subprocess.CompletedProcess[str]:
    """Corre `manage.py` aparte, sobre la base de la prueba."""
    return subprocess.run(
        [sys.executable, "manage.py", *argumentos],
        cwd=settings.BASE_DIR,
        env=ambiente_de_orden(**(ambiente or {})),
        capture_output=True,
        text=True,
        timeout=plazo_s,
        check=False,
    )


def ambiente_de_orden(**ambiente: str) -> dict[str, str]:
    propio = {nombre: valor for nombre, valor in os.environ.items() if not nombre.startswith("DATABASE_URL")}
    return {**propio, "DJANGO_ENTORNO": "desarrollo", "DATABASE_URL": url_de_la_prueba(), **ambiente}


def entradas_de(carpeta: Path) -> list[str]:
    """Lo que hay en la carpeta, sin el cerrojo."""
    return sorted(archivo.name for archivo in carpeta.iterdir() if archivo.name != ".turno")


@contextmanager
def base_vacia(dueno: str = "") -> Iterator[str]:
    """Una base recién creada; con `dueno`, la dirección de un rol, es suya y así se entra a ella."""
    nombre = f"restaurada_{os.getpid()}"
    orden = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nombre))
    with psycopg.connect(url_de_la_prueba(), autocommit=True) as conexion:
        conexion.execute(orden)
        conexion.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(nombre)))
        if dueno:
            quien = sql.Identifier(urlsplit(dueno).username or "")
            conexion.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(nombre), quien))
        try:
            yield urlsplit(dueno or url_de_la_prueba())._replace(path=f"/{nombre}").geturl()
        finally:
            conexion.execute(orden)


def movimientos_en(url: str) -> dict[str, int]:
    with psycopg.connect(url) as conexion:
        return movimientos(conexion.cursor(), por_filas=True)
