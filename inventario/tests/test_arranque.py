"""La web atiende pronto tras arrancar: lo que casi nadie pide no se carga antes de que alguien lo pida."""

from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings

# De una lectura de GS1 y de las etiquetas en PDF: un quinto de lo que tardaba en cargar.
DE_A_RATOS = ("biip", "reportlab", "segno", "barcode")


def test_lo_que_se_usa_de_a_ratos_no_se_carga_al_arrancar() -> None:
    codigo = f"import sys, config.wsgi; print([m for m in {DE_A_RATOS} if m in sys.modules])"
    hecho = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", codigo],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert hecho.stdout.strip() == "[]"
