"""La orden que da a una empresa quien la administre."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from inventario.cuentas.models import Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.nucleo.empresa import en_empresa

CLAVE = "una-contraseña-larga-y-rara"


def _crear(monkeypatch: pytest.MonkeyPatch, slug: str, correo: str, clave: str = CLAVE) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{clave}\n"))
    salida = io.StringIO()
    call_command("crear_administrador", slug, correo, stdout=salida)
    return salida.getvalue()


@pytest.mark.django_db
def test_crear_administrador_lo_hace_miembro_y_puede_entrar(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("crear_empresa", "granja", "Granja", stdout=io.StringIO())
    texto = _crear(monkeypatch, "granja", "Ana@Granja.test")
    assert texto == "ana@granja.test administra la empresa «granja».\n"
    usuario = Usuario.objects.get(email="ana@granja.test")
    assert usuario.check_password(CLAVE)
    assert not usuario.is_superuser
    with en_empresa(Empresa.objects.get(slug="granja")):
        [membresia] = Membresia.objects.filter(usuario=usuario)
    assert (membresia.rol, membresia.predeterminada) == (Rol.ADMINISTRADOR, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "correo", "clave", "dice"),
    [
        ("otra", "ana@granja.test", CLAVE, "otra"),
        ("granja", "no-es-correo", CLAVE, "correo"),
        ("granja", "ana@granja.test", "12345678", "contraseña"),
        ("granja", "ya@granja.test", CLAVE, "Ya hay una persona"),
    ],
)
def test_crear_administrador_mal_pedido_no_crea_a_nadie(
    monkeypatch: pytest.MonkeyPatch, slug: str, correo: str, clave: str, dice: str
) -> None:
    call_command("crear_empresa", "granja", "Granja", stdout=io.StringIO())
    Usuario.objects.create_user("ya@granja.test", CLAVE)
    with pytest.raises(CommandError, match=dice):
        _crear(monkeypatch, slug, correo, clave)
    assert list(Usuario.objects.filter(es_servicio=False).values_list("email", flat=True)) == [
        "ya@granja.test"
    ]
