"""Programas de la máquina que usan algunas pruebas: sin ellos no se recogen, y se dice al final."""

from __future__ import annotations

import os
import shutil

# La marca de la prueba, los programas que pide y qué queda sin probar si falta alguno.
MARCAS: dict[str, tuple[tuple[str, ...], str]] = {
    "curl": (("bash", "curl", "jq"), "los ejemplos de docs/integracion-biofloc.md no se corrieron"),
    "navegador": (("chromium",), "las páginas no se probaron en un navegador"),
    "pgbouncer": (("pgbouncer",), "no se probó detrás de un pooler de PostgreSQL"),
    "nginx": (("nginx", "openssl"), "las configuraciones de ops/nginx/ no se probaron"),
    "pg_dump": (("pg_dump", "pg_restore"), "respaldar y restaurar PostgreSQL no se probó"),
    "pgbackrest": (("pgbackrest",), "volver PostgreSQL a un instante dado no se probó"),
}
# Los servidores suelen estar aquí, y la ruta de quien no es root no siempre los ve.
_DE_SERVIDORES = ("/usr/sbin", "/usr/local/sbin")


def hallar(programa: str) -> str | None:
    """Devuelve la ruta del programa, o None si la máquina no lo tiene."""
    return shutil.which(programa, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *_DE_SERVIDORES)))


def marcas_sin_programa() -> set[str]:
    return {marca for marca, (programas, _) in MARCAS.items() if not all(map(hallar, programas))}


def faltantes() -> list[str]:
    """Devuelve una frase por cada marca que no se puede correr aquí."""
    frases = []
    for programas, sin_probar in MARCAS.values():
        no_estan = [programa for programa in programas if hallar(programa) is None]
        if no_estan:
            frases.append(f"{', '.join(no_estan)}: {sin_probar}")
    return frases
