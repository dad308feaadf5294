"""Los tokens se leen con desconfianza."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from inventario.cuentas.acceso import tokens
from inventario.cuentas.acceso.errores import CredencialInvalida, TokenVencido
from inventario.cuentas.models import Empresa, Sesion, Usuario

AHORA = timezone.now()
PERSONA = Usuario(email="ana@acme.ec", nombre="Ana Pérez")
EMPRESA = Empresa(pk=7)
SESION = Sesion(usuario=PERSONA, vence_en=AHORA + timedelta(days=7), renovacion=uuid.uuid4())


def de_acceso() -> str:
    return tokens.de_acceso(SESION, EMPRESA, rol="Admin", ahora=timezone.now())


def firmado(settings: Any, **cambios: Any) -> str:
    datos = {"sub": str(PERSONA.pk), "type": "access", "exp": AHORA + timedelta(days=1), **cambios}
    limpios = {clave: valor for clave, valor in datos.items() if valor is not None}
    return jwt.encode(limpios, settings.SECRETOS_DE_TOKEN[0], algorithm="HS256")


def partes(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    cabecera, carga, _ = token.split(".")
    leidas = [json.loads(base64.urlsafe_b64decode(parte + "==")) for parte in (cabecera, carga)]
    return leidas[0], leidas[1]


def test_el_token_de_acceso_lleva_lo_del_contrato() -> None:
    ahora = timezone.now()
    cabecera, carga = partes(tokens.de_acceso(SESION, EMPRESA, rol="Admin", ahora=ahora))
    assert cabecera == {"alg": "HS256", "typ": "JWT"}
    assert carga == {
        "sub": str(PERSONA.pk),
        "email": "ana@acme.ec",
        "full_name": "Ana Pérez",
        "role": "Admin",
        "type": "access",
        "iat": int(ahora.timestamp()),
        "exp": int((ahora + timedelta(minutes=30)).timestamp()),
        "sid": str(SESION.pk),
        "empresa": 7,
    }
    _, renovacion = partes(tokens.de_renovacion(SESION, EMPRESA, ahora=ahora))
    assert renovacion == {
        "sub": str(PERSONA.pk),
        "type": "refresh",
        "iat": int(ahora.timestamp()),
        "exp": int(SESION.vence_en.timestamp()),
        "sid": str(SESION.pk),
        "empresa": 7,
        "jti": str(SESION.renovacion),
    }


def test_leer_devuelve_lo_que_dice(settings: Any) -> None:
    leido = tokens.leer(de_acceso(), tipo="access")
    assert (leido.usuario_id, leido.sesion_id, leido.empresa_id) == (PERSONA.pk, SESION.pk, 7)
    ajeno = tokens.leer(firmado(settings), tipo="access")
    assert (ajeno.usuario_id, ajeno.sesion_id, ajeno.empresa_id) == (PERSONA.pk, None, None)


def test_un_token_no_sirve_para_lo_que_es_el_otro() -> None:
    with pytest.raises(CredencialInvalida):
        tokens.leer(de_acceso(), tipo="refresh")
    with pytest.raises(CredencialInvalida):
        tokens.leer(tokens.de_renovacion(SESION, EMPRESA, ahora=timezone.now()), tipo="access")


def test_un_token_vencido_se_nombra_asi(settings: Any) -> None:
    with pytest.raises(TokenVencido):
        tokens.leer(firmado(settings, exp=AHORA - timedelta(seconds=1)), tipo="access")


@pytest.mark.parametrize(
    "cambio",
    [
        {"sub": "no es uuid"},
        {"sub": None},
        {"exp": None},
        {"type": None},
        {"sid": "x"},
        {"sid": 7},
        {"empresa": "x"},
        {"empresa": [1]},
        {"exp": "mañana"},
    ],
)
def test_un_token_autentico_que_dice_tonterias_se_rechaza(settings: Any, cambio: dict[str, Any]) -> None:
    with pytest.raises(CredencialInvalida):
        tokens.leer(firmado(settings, **cambio), tipo="access")


def test_cambiar_la_clave_de_django_conserva_los_tokens_de_la_anterior(settings: Any) -> None:
    token = de_acceso()
    anterior = settings.SECRETOS_DE_TOKEN[0]
    settings.SECRETOS_DE_TOKEN = ["n" * 40, anterior]
    assert tokens.leer(token, tipo="access").empresa_id == 7
    settings.SECRETOS_DE_TOKEN = ["n" * 40]
    with pytest.raises(CredencialInvalida):
        tokens.leer(token, tipo="access")


def test_firmar_con_otro_algoritmo_o_con_ninguno_no_vale(settings: Any) -> None:
    datos = {"sub": str(PERSONA.pk), "type": "access", "exp": AHORA + timedelta(days=1)}
    for token in (
        jwt.encode(datos, settings.SECRETOS_DE_TOKEN[0] * 2, algorithm="HS512"),
        jwt.encode(datos, None, algorithm="none"),
        jwt.encode(datos, "o" * 64, algorithm="HS256"),
    ):
        with pytest.raises(CredencialInvalida):
            tokens.leer(token, tipo="access")


def test_alterar_un_byte_lo_invalida() -> None:
    token = de_acceso()
    for lugar in (5, len(token) // 2, len(token) - 5):
        otra = "A" if token[lugar] != "A" else "B"
        with pytest.raises(CredencialInvalida):
            tokens.leer(token[:lugar] + otra + token[lugar + 1 :], tipo="access")


def test_una_cabecera_hostil_no_tumba_nada() -> None:
    raras = (b'{"alg":["HS256"]}', b'{"alg":"HS256","crit":["x"]}', b"\xff", b"null", b'{"alg":null}')
    for hostil in (b"[" * 2900, b'{"a":' * 600, *raras):
        cabecera = base64.urlsafe_b64encode(hostil).decode().rstrip("=")
        with pytest.raises(CredencialInvalida):
            tokens.leer(f"{cabecera}.e30.AAAA", tipo="access")


@given(st.text(max_size=60))
def test_leer_cualquier_cosa_solo_puede_rechazarla(texto: str) -> None:
    with pytest.raises(CredencialInvalida):
        tokens.leer(texto, tipo="access")
