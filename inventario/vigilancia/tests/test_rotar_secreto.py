"""Lo firmado con la clave anterior vale mientras está en la lista, y solo entonces (R-10)."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.conf import settings as ajustes
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.management import call_command
from django.test import Client

from config import entorno
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro

pytestmark = pytest.mark.django_db
VIEJA, NUEVA = "v" * 50, "n" * 50
ACCESO = "/api/v1/auth/login"


def _claves(settings: Any, *claves: str) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = claves[0], list(claves[1:])
    settings.SECRETOS_DE_TOKEN = entorno.leer_secretos_de_token(list(claves), produccion=False)


@pytest.fixture
def persona(empresa: Empresa, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Usuario:
    monkeypatch.delenv("JWT_SECRET", raising=False)
    _claves(settings, VIEJA)
    persona = Usuario.objects.create_user("beto@acme.test", "clave-de-Beto-1", nombre="Beto")
    agregar_miembro(empresa=empresa, usuario=persona, rol=Rol.OPERADOR)
    return persona


def _entrar() -> Client:
    """Con su token de formulario ya puesto, como queda un navegador con la página abierta."""
    navegador = Client(enforce_csrf_checks=True)
    formulario = navegador.get("/entrar/").content.decode()
    oculto = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', formulario)
    assert oculto is not None
    datos = {"username": "beto@acme.test", "password": "clave-de-Beto-1", "csrfmiddlewaretoken": oculto[1]}
    assert navegador.post("/entrar/", datos).status_code == 302
    return navegador


def _cambiar_tema(navegador: Client, token: str) -> int:
    estado: int = navegador.post("/tema/", {"tema": "oscuro", "csrfmiddlewaretoken": token}).status_code
    return estado


def _token_de_formulario(navegador: Client) -> str:
    oculto = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', navegador.get("/").content.decode())
    assert oculto is not None
    return oculto[1]


def test_sesion_y_formulario_siguen_mientras_la_anterior_esta(persona: Usuario, settings: Any) -> None:
    vuelve, no_vuelve = _entrar(), _entrar()
    formulario = _token_de_formulario(vuelve)
    viejo = _token_de_formulario(no_vuelve)
    _claves(settings, NUEVA, VIEJA)
    assert vuelve.get("/").status_code == 200
    assert _cambiar_tema(vuelve, formulario) < 400
    _claves(settings, NUEVA)
    # Quien volvió en ese tiempo ya quedó con la nueva; quien no, entra otra vez.
    assert vuelve.get("/").status_code == 200
    assert no_vuelve.get("/").status_code == 302
    assert _cambiar_tema(no_vuelve, viejo) in (302, 303, 403)
    persona.refresh_from_db()
    assert persona.tema == "oscuro"


def test_lo_firmado_con_la_anterior_vale_solo_mientras_esta(persona: Usuario, settings: Any) -> None:
    enlace, firmado = default_token_generator.make_token(persona), signing.dumps({"a": 1})
    _claves(settings, NUEVA, VIEJA)
    assert default_token_generator.check_token(persona, enlace)
    assert signing.loads(firmado) == {"a": 1}
    nuevo = signing.dumps({"a": 2})
    _claves(settings, NUEVA)
    assert not default_token_generator.check_token(persona, enlace)
    with pytest.raises(signing.BadSignature):
        signing.loads(firmado)
    # Lo hecho entre tanto se firmó con la nueva.
    assert signing.loads(nuevo) == {"a": 2}


def test_el_token_de_la_api_vale_solo_mientras_la_anterior_esta(persona: Usuario, settings: Any) -> None:
    def entrar() -> str:
        datos = {"email": "beto@acme.test", "password": "clave-de-Beto-1"}
        return str(Client().post(ACCESO, datos, content_type="application/json").json()["access_token"])

    def estado(token: str) -> int:
        cabecera = {"Authorization": f"Bearer {token}"}
        return Client().get("/api/v1/productos", headers=cabecera).status_code

    settings.SESIONES_POR_PERSONA = 5
    viejo = entrar()
    assert estado(viejo) == 200
    _claves(settings, NUEVA, VIEJA)
    assert estado(viejo) == 200
    nuevo = entrar()
    _claves(settings, NUEVA)
    assert (estado(viejo), estado(nuevo)) == (401, 200)


def test_los_secretos_de_token_propios_tambien_se_cambian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", NUEVA)
    monkeypatch.setenv("JWT_SECRET_FALLBACKS", VIEJA)
    assert entorno.leer_secretos_de_token(["x"], produccion=True) == [NUEVA, VIEJA]


@pytest.mark.parametrize("variable", ["DJANGO_SECRET_KEY", "JWT_SECRET"])
def test_la_orden_da_una_nueva_y_no_muestra_la_puesta(variable: str) -> None:
    dichos = []
    for _ in range(2):
        salida = io.StringIO()
        call_command("rotar_secreto", variable=variable, stdout=salida)
        dichos.append(salida.getvalue())
    for dicho in dichos:
        assert ajustes.SECRET_KEY not in dicho
        assert f"{variable}_FALLBACKS=" in dicho
        assert all(paso in dicho for paso in ("1. ", "2. ", "3. "))
    nuevas = [re.findall(rf"^\s+{variable}=(\S+)$", dicho, re.M)[0] for dicho in dichos]
    assert len(set(nuevas)) == 2
    assert min(map(len, nuevas)) >= 50
