"""Lo que la máquina no tiene se dice; nunca se da por probado."""

from __future__ import annotations

from pathlib import Path

import pytest

from herramientas import programas

DE_SERVIDORES = ("nginx", "openssl", "pg_dump", "pg_restore", "pgbackrest", "pgbouncer")


@pytest.fixture
def maquina(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Una máquina sin programas, y su carpeta para ponerle alguno."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programas, "_DE_SERVIDORES", ())
    return tmp_path


def _instalar(maquina: Path, *nombres: str) -> None:
    for nombre in nombres:
        (maquina / nombre).write_text("#!/bin/sh\n")
        (maquina / nombre).chmod(0o755)


def test_sin_ninguno_no_se_recoge_nada_y_se_dice_todo(maquina: Path) -> None:
    assert programas.marcas_sin_programa() == {
        "curl",
        "navegador",
        "nginx",
        "pg_dump",
        "pgbackrest",
        "pgbouncer",
    }
    assert [frase.split(":")[0] for frase in programas.faltantes()] == [
        "bash, curl, jq",
        "chromium",
        "pgbouncer",
        "nginx, openssl",
        "pg_dump, pg_restore",
        "pgbackrest",
    ]


def test_falta_lo_que_falta(maquina: Path) -> None:
    _instalar(maquina, "bash", "chromium", "curl", *DE_SERVIDORES)
    assert programas.marcas_sin_programa() == {"curl"}
    assert programas.faltantes() == [
        "jq: los ejemplos de docs/integracion-biofloc.md no se corrieron",
    ]


def test_con_todo_no_hay_que_decir(maquina: Path) -> None:
    _instalar(maquina, "bash", "chromium", "curl", "jq", *DE_SERVIDORES)
    assert programas.marcas_sin_programa() == set()
    assert programas.faltantes() == []
