"""Lo que systemd corre a su hora existe y es lo que dice DEPLOY.md."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from inventario.vigilancia.respaldos.al_dia import RESPALDAR, VERIFICAR

UNIDADES = Path(settings.BASE_DIR) / "ops" / "systemd"
RELOJES = sorted(UNIDADES.glob("*.timer"))
MANAGE = "/opt/inventario/.venv/bin/python manage.py "


def leer(archivo: Path) -> ConfigParser:
    # Una unidad de systemd puede repetir una clave.
    unidad = ConfigParser(strict=False, interpolation=None)
    unidad.optionxform = str  # type: ignore[assignment, method-assign]  # systemd distingue mayúsculas
    unidad.read(archivo)
    return unidad


def servicio_de(reloj: Path) -> Path:
    nombre, arroba, _ = reloj.stem.partition("@")
    return UNIDADES / f"{nombre}{arroba}.service"


@pytest.mark.parametrize("reloj", RELOJES, ids=lambda reloj: reloj.name)
def test_cada_reloj_corre_algo_y_no_pierde_su_hora(reloj: Path) -> None:
    cuando, que = leer(reloj), leer(servicio_de(reloj))
    assert cuando["Timer"]["Persistent"] == "yes"
    assert cuando["Install"]["WantedBy"] == "timers.target"
    assert que["Service"]["Type"] == "oneshot"
    # Espera un tope, y ninguno hereda el minuto y medio de fábrica.
    assert que["Service"]["TimeoutStartSec"] == "6h"
    orden = que["Service"]["ExecStart"]
    if orden.startswith(MANAGE):
        assert orden.removeprefix(MANAGE) in get_commands()


@pytest.mark.parametrize(
    ("reloj", "trabajo", "cada"),
    [
        ("inventario-respaldo", RESPALDAR, "*-*-*"),
        ("inventario-verificar-respaldo", VERIFICAR, "Sun *-*-*"),
    ],
)
def test_se_respalda_cada_dia_y_se_ensaya_cada_semana(reloj: str, trabajo: str, cada: str) -> None:
    assert leer(UNIDADES / f"{reloj}.service")["Service"]["ExecStart"] == MANAGE + trabajo
    assert leer(UNIDADES / f"{reloj}.timer")["Timer"]["OnCalendar"].rpartition(" ")[0] == cada
    # Su carpeta es lo único que escribe, y nadie más la lee.
    servicio = leer(UNIDADES / f"{reloj}.service")["Service"]
    assert (servicio["UMask"], servicio["ProtectSystem"]) == ("0077", "strict")
    assert servicio["ReadWritePaths"] == "-/var/backups/inventario"
