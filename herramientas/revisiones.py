"""Lo que se revisa sin correr pruebas, y cómo se dice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from herramientas.procesos import RAIZ, morir_con_el_padre

BIN = Path(sys.executable).parent
REVISIONES: dict[str, list[str]] = {
    "estilo": ["ruff", "check", "."],
    "formato": ["ruff", "format", "--check", "."],
    "plantillas": ["djlint", "--lint", "--quiet", "templates"],
    "guiones": ["oxlint", "--deny-warnings"],
    "capas": ["lint-imports", "--no-logo"],
    "tipos": ["mypy"],
    "migraciones": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "proyecto": ["python", "manage.py", "check", "--fail-level", "WARNING"],
    "vulnerables": ["python", "-m", "herramientas.vulnerabilidades"],
}


def revisar_todo(ambiente: dict[str, str], resultados: dict[str, bool]) -> None:
    """Hace cada revisión y anota si salió bien; la que falte en los resultados no se hizo."""
    for nombre, orden in REVISIONES.items():
        resultados[nombre] = _revisar(nombre, orden, ambiente)


def _revisar(nombre: str, orden: list[str], ambiente: dict[str, str]) -> bool:
    empezo = time.monotonic()
    resultado = subprocess.run(
        [str(BIN / orden[0]), *orden[1:]],
        cwd=RAIZ,
        env=ambiente,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=morir_con_el_padre(signal.SIGTERM),
    )
    bien = resultado.returncode == 0
    print(f"{nombre:<12} {'bien' if bien else 'MAL'} ({time.monotonic() - empezo:.1f} s)", flush=True)
    # Lo que una revisión no pudo mirar también se dice.
    if not bien or "!!!" in resultado.stdout:
        print(resultado.stdout, flush=True)
    return bien
