"""El acceso de demostración: una contraseña al azar, guardada solo para su dueño, y siempre cierta."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Membresia, Usuario
from inventario.cuentas.permisos import Rol

CORREO = "demo@inventario.local"
pytestmark = pytest.mark.django_db


@pytest.fixture
def archivo(settings: Settings, tmp_path: Path) -> Path:
    settings.ARCHIVO_DE_ACCESO_DEMO = tmp_path / "var" / "acceso.txt"
    return tmp_path / "var" / "acceso.txt"


def _crear() -> None:
    call_command("crear_acceso_demo", verbosity=0)


def test_crear_el_acceso_la_primera_vez_guarda_la_contrasena_solo_para_su_duenio(archivo: Path) -> None:
    empresa = crear_empresa(slug="demo", nombre="Granja")
    _crear()
    correo, clave = archivo.read_text().split()
    usuario = Usuario.objects.get(email=CORREO)
    assert correo == CORREO
    assert len(clave) >= 16
    assert archivo.stat().st_mode & 0o777 == 0o600
    assert usuario.check_password(clave)
    assert usuario.is_staff
    assert not usuario.is_superuser
    membresia = Membresia.objects.get(usuario=usuario)
    assert (membresia.empresa, membresia.rol, membresia.predeterminada) == (empresa, Rol.ADMINISTRADOR, True)


def test_crear_el_acceso_otra_vez_no_cambia_nada(archivo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    crear_empresa(slug="demo", nombre="Granja")
    _crear()
    antes, huella = archivo.read_text(), Usuario.objects.get(email=CORREO).password
    _crear()
    assert archivo.read_text() == antes
    assert Usuario.objects.get(email=CORREO).password == huella
    assert antes.split()[1] not in capsys.readouterr().out


def test_crear_el_acceso_con_otra_base_conserva_la_contrasena_mostrada(archivo: Path) -> None:
    crear_empresa(slug="demo", nombre="Granja")
    Usuario.objects.create_user(CORREO, "otra-cualquiera")
    _crear()
    assert Usuario.objects.get(email=CORREO).check_password(archivo.read_text().split()[1])


def test_crear_el_acceso_sin_empresa_demo_no_crea_a_nadie(archivo: Path) -> None:
    _crear()
    assert not archivo.exists()
    assert not Usuario.objects.filter(email=CORREO).exists()


def test_crear_el_acceso_en_produccion_se_niega(archivo: Path, settings: Settings) -> None:
    settings.PRODUCCION = True
    crear_empresa(slug="demo", nombre="Granja")
    with pytest.raises(CommandError, match="En producción no hay"):
        _crear()
    assert not archivo.exists()


def test_crear_el_acceso_con_el_archivo_danado_lo_dice(archivo: Path) -> None:
    crear_empresa(slug="demo", nombre="Granja")
    archivo.parent.mkdir()
    archivo.write_text("")
    with pytest.raises(CommandError, match="bórrelo"):
        _crear()
