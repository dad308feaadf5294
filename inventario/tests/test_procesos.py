"""SQLite con varios procesos: se turnan para escribir y ninguno ve «database is locked»."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection

from inventario.lotes.models import Lote
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.tests.carreras import cuadra

PROCESOS, VECES = 4, 75


@pytest.mark.sqlite
def test_cien_unidades_y_trescientos_despachos_por_cuatro_procesos(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        # Sin mínimo: en la salida de error solo debe verse lo que falle, no alertas.
        producto = mundo.producto(stock_minimo=0)
        for _ in range(4):
            mundo.entrada(producto, 25)
    ambiente = {**os.environ, "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}"}
    orden = [sys.executable, "-m", "inventario.tests.proceso_que_despacha", mundo.empresa.slug, "ALIM-01"]
    procesos = [
        subprocess.Popen(
            [*orden, str(VECES)],
            cwd=settings.BASE_DIR,
            env=ambiente,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESOS)
    ]
    try:
        for proceso in procesos:
            assert proceso.stdout is not None
            assert proceso.stdout.readline() == "listo\n"
        for proceso in procesos:
            assert proceso.stdin is not None
            proceso.stdin.write("ya\n")
            proceso.stdin.flush()
        salidas = [proceso.communicate(timeout=90) for proceso in procesos]
    finally:
        for proceso in procesos:
            proceso.kill()
            proceso.wait()
    cuentas: Counter[str] = Counter()
    for proceso, (texto, errores) in zip(procesos, salidas, strict=True):
        assert (proceso.returncode, errores) == (0, "")
        cuentas.update(json.loads(texto))
    assert cuentas == {"bien": 100, "ExistenciaInsuficiente": 200}
    with en_empresa(mundo.empresa):
        assert (mundo.fisica(producto), Lote.objects.con_saldo().count()) == (0, 0)
    cuadra(mundo)
