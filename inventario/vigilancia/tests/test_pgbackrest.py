"""Volver a un segundo dado con lo que DEPLOY.md pone en el servidor de la base (R-33)."""

from __future__ import annotations

import time

import pytest

from inventario.vigilancia.tests.archivado import cluster_que_archiva, cluster_restaurado
from inventario.vigilancia.tests.respaldado import ordenar

pytestmark = [pytest.mark.pgbackrest, pytest.mark.timeout(900)]
MOVER = (
    "from inventario.vigilancia.tests.respaldado import con_movimientos\n"
    "print(con_movimientos(entradas={entradas}).empresa.slug)"
)


def mover(url: str, *, entradas: int) -> str:
    """Mueve con los servicios, en una empresa nueva, cuyo nombre corto devuelve."""
    return en(url, "shell", "--no-imports", "-c", MOVER.format(entradas=entradas)).strip()


def en(url: str, *orden: str) -> str:
    hecho = ordenar(*orden, ambiente={"DATABASE_URL": url})
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr
    return hecho.stdout


def test_se_vuelve_a_un_instante_y_los_libros_de_entonces_cuadran() -> None:
    with cluster_que_archiva() as base:
        base.pgbackrest("stanza-create")
        base.pgbackrest("check")
        en(base.url, "migrate", "--noinput", "--verbosity", "0")
        en_la_base_completa = mover(base.url, entradas=2)
        base.pgbackrest("--type=full", "backup")
        antes = mover(base.url, entradas=4)
        instante = base.ahora()
        time.sleep(1)
        despues = mover(base.url, entradas=3)
        base.archivar_lo_escrito()

        with cluster_restaurado(base, al=instante) as url:
            cuadran = en(url, "verificar_libro").splitlines()
            assert sorted(cuadran) == sorted(
                f"{slug}: los libros cuadran." for slug in (en_la_base_completa, antes)
            )
        # La que sigue viva no cambió.
        assert f"{despues}: los libros cuadran." in en(base.url, "verificar_libro").splitlines()
