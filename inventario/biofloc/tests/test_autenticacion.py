"""Entrar, seguir, salir y la cuenta propia, como las espera el cliente (§1.2, D32, D33)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_scopes import scopes_disabled
from pytest_django import DjangoCaptureOnCommitCallbacks

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.biofloc.tests.ejemplos_de_cuentas import como_en
from inventario.cuentas.models import Empresa, Membresia, Sesion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth"
BUENA = "clave-de-prueba"
NUEVA = "otra-Frase-9812"


@pytest.fixture
def cliente(cliente_anonimo: ClienteApi, usuario: Usuario) -> ClienteApi:
    """Nadie todavía; Ana administra la empresa."""
    return cliente_anonimo


def entrar(cliente: ClienteApi, correo: str = "ana@acme.ec", contrasena: str = BUENA) -> Any:
    return cliente.post(f"{AUTH}/login", {"email": correo, "password": contrasena})


def con_sesion(cliente: ClienteApi, **datos: str) -> ClienteApi:
    return cliente_con(entrar(cliente, **datos).json()["access_token"])


def test_entrar(cliente: ClienteApi, usuario: Usuario) -> None:
    cuerpo = como_en("login", entrar(cliente))
    assert cuerpo["user"]["id"] == str(usuario.pk)
    assert "sessionid" not in cliente.cookies
    como_en("login", cliente.post(f"{AUTH}/login/", {"email": "ANA@acme.ec", "password": BUENA, "x": 1}))
    sesiones = Sesion.objects.values_list("usuario", "ip")
    assert list(sesiones) == [(usuario.pk, "127.0.0.1")] * 2


def test_entrar_mal_cuenta_los_intentos_y_bloquea(cliente: ClienteApi, settings: Any) -> None:
    settings.AXES_ENABLED = True
    como_en("login, wrong password", entrar(cliente, contrasena="mala"))
    for _ in range(3):
        assert entrar(cliente, contrasena="mala").status_code == 401
    como_en("login, fifth wrong password", entrar(cliente, contrasena="mala"))
    como_en("login, locked", entrar(cliente))
    como_en("login, locked", entrar(cliente, contrasena="mala"))
    # Una cuenta que no existe se porta igual: no se puede averiguar cuáles hay.
    como_en("login, wrong password", entrar(cliente, "nadie@acme.ec", "mala"))


def test_entrar_despues_del_bloqueo_es_normal(cliente: ClienteApi, settings: Any, time_machine: Any) -> None:
    settings.AXES_ENABLED = True
    for _ in range(5):
        entrar(cliente, contrasena="mala")
    como_en("login, locked", entrar(cliente))
    time_machine.move_to(timezone.now() + timedelta(minutes=15, seconds=1))
    como_en("login", entrar(cliente))
    como_en("login, wrong password", entrar(cliente, contrasena="mala"))


def test_entrar_sin_poder_dice_por_que(cliente: ClienteApi) -> None:
    Membresia.objects.update(activa=False)
    como_en("login, no company", entrar(cliente))
    Usuario.objects.update(is_active=False)
    como_en("login, inactive", entrar(cliente))
    como_en("login, malformed", cliente.post(f"{AUTH}/login", {"email": "ana", "password": ""}))


@pytest.mark.parametrize("ruta", ["login", "refresh", "forgot-password", "reset-password"])
@pytest.mark.parametrize(
    ("cuerpo", "estado"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"null", 422),
        (
            b'{"email": true, "password": 7, "refresh_token": 1, "recovery_token": [], "new_password": {}}',
            422,
        ),
        (b'{"email": "a\\u0000@b.ec", "password": "x"}', 422),
        (b'{"email": null}', 422),
    ],
)
def test_pedir_mal_escrito_responde_422(cliente: ClienteApi, ruta: str, cuerpo: bytes, estado: int) -> None:
    respuesta = cliente.crudo(f"{AUTH}/{ruta}", cuerpo)
    assert respuesta.status_code == estado, respuesta.content
    leido = respuesta.json()
    assert leido["detail"] == "Validation error"
    assert leido["errors"]
    assert cliente.crudo(f"{AUTH}/{ruta}", b"a=1", tipo="text/plain").status_code == 415
    assert cliente.get(f"{AUTH}/{ruta}").json() == {"detail": "Method Not Allowed"}


def test_renovar(cliente: ClienteApi) -> None:
    entrada = entrar(cliente).json()
    nuevo = como_en("refresh", cliente.post(f"{AUTH}/refresh", {"refresh_token": entrada["refresh_token"]}))
    como_en("me", cliente_con(nuevo["access_token"]).get(f"{AUTH}/me"))
    assert nuevo["refresh_token"] != entrada["refresh_token"]
    como_en("refresh", cliente.post(f"{AUTH}/refresh", {"refresh_token": nuevo["refresh_token"]}))
    for malo in ("x", "a.b.c", entrada["access_token"], entrada["refresh_token"][:-2]):
        como_en("refresh, not valid", cliente.post(f"{AUTH}/refresh", {"refresh_token": malo}))


def test_reusar_un_token_de_renovacion_termina_la_sesion(cliente: ClienteApi, time_machine: Any) -> None:
    viejo = entrar(cliente).json()["refresh_token"]
    nuevo = cliente.post(f"{AUTH}/refresh", {"refresh_token": viejo}).json()
    time_machine.move_to(timezone.now() + timedelta(seconds=11))
    for token in (viejo, nuevo["refresh_token"]):
        como_en("refresh, not valid", cliente.post(f"{AUTH}/refresh", {"refresh_token": token}))
    como_en("bad token", cliente_con(nuevo["access_token"]).get(f"{AUTH}/me"))


def test_quien_debe_cambiar_su_contrasena_no_puede_nada_mas(cliente: ClienteApi) -> None:
    Usuario.objects.update(debe_cambiar_contrasena=True)
    entrada = entrar(cliente).json()
    assert entrada["must_change_password"] is True
    persona = cliente_con(entrada["access_token"])
    for ruta in ("inventory/items", "units", "auth/profile", "api-keys"):
        negado = persona.get(f"/api/v1/{ruta}")
        assert (negado.status_code, negado.json()["code"]) == (403, "password_change_required"), ruta
    for ruta in ("productos", "inventario/lotes", "reservas"):
        negado = persona.get(f"/api/v1/{ruta}")
        assert (negado.status_code, negado.json()["codigo"]) == (403, "debe_cambiar_contrasena"), ruta
    como_en("me", persona.get(f"{AUTH}/me"))
    renovado = cliente.post(f"{AUTH}/refresh", {"refresh_token": entrada["refresh_token"]}).json()
    persona = cliente_con(renovado["access_token"])
    cambio = {"current_password": BUENA, "new_password": "otra-Frase-9812"}
    assert persona.post(f"{AUTH}/change-password", cambio).status_code == 200
    assert persona.get("/api/v1/units").status_code == 200


def test_una_clave_no_se_entera_de_lo_que_debe_cambiar_quien_la_creo(
    cliente: ClienteApi, clave_de: Any
) -> None:
    clave = cliente_con(clave_de("inventory:read"))
    Usuario.objects.filter(es_servicio=False).update(debe_cambiar_contrasena=True)
    assert clave.get("/api/v1/units").status_code == 200


def test_salir_termina_todas_las_sesiones(cliente: ClienteApi) -> None:
    una, otra = entrar(cliente).json(), entrar(cliente).json()
    como_en("logout", cliente_con(una["access_token"]).post(f"{AUTH}/logout"))
    for entrada in (una, otra):
        como_en("bad token", cliente_con(entrada["access_token"]).get(f"{AUTH}/me"))
        renovar = cliente.post(f"{AUTH}/refresh", {"refresh_token": entrada["refresh_token"]})
        como_en("refresh, not valid", renovar)


@pytest.mark.parametrize("ruta", ["auth/me", "auth/profile", "inventory/items", "units", "api-keys"])
def test_llegar_sin_token_o_con_uno_malo_responde_401(cliente: ClienteApi, ruta: str) -> None:
    como_en("no token", cliente.get(f"/api/v1/{ruta}"))
    como_en("no token", cliente.con(HTTP_AUTHORIZATION="Basic YTpi").get(f"/api/v1/{ruta}"))
    for malo in ("a.b.c", "x", "sk_live_x", f"{'a' * 5000}.b.c", "é.b.c"):
        como_en("bad token", cliente_con(malo).get(f"/api/v1/{ruta}"))


def test_un_token_vencido_responde_401_y_con_otro_se_sigue(cliente: ClienteApi, time_machine: Any) -> None:
    entrada = entrar(cliente).json()
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    como_en("bad token", cliente_con(entrada["access_token"]).get(f"{AUTH}/me"))
    nuevo = cliente.post(f"{AUTH}/refresh", {"refresh_token": entrada["refresh_token"]}).json()
    como_en("me", cliente_con(nuevo["access_token"]).get(f"{AUTH}/me"))


def test_una_clave_mala_junto_a_un_token_bueno_no_estorba(cliente: ClienteApi, clave_de: Any) -> None:
    token = entrar(cliente).json()["access_token"]
    juntos = cliente.con(HTTP_X_API_KEY="sk_live_no", HTTP_AUTHORIZATION=f"BEARER {token}")
    como_en("me", juntos.get(f"{AUTH}/me"))
    # La clave buena va primero.
    juntos = cliente.con(HTTP_X_API_KEY=clave_de(), HTTP_AUTHORIZATION=f"Bearer {token}")
    como_en("key where a person is needed", juntos.get(f"{AUTH}/me"))


def test_una_clave_no_tiene_cuenta_propia(cliente_api: ClienteApi) -> None:
    for metodo, ruta in (
        ("get", "me"),
        ("get", "profile"),
        ("put", "profile"),
        ("post", "logout"),
        ("post", "change-password"),
    ):
        respuesta = getattr(cliente_api, metodo)(f"{AUTH}/{ruta}", {})
        como_en("key where a person is needed", respuesta)


def test_el_token_tambien_sirve_en_la_api_en_espanol(
    cliente: ClienteApi, usuario: Usuario, otra_empresa: Empresa
) -> None:
    con_token = con_sesion(cliente)
    agregar_miembro(empresa=otra_empresa, usuario=usuario, rol=Rol.AUDITOR)
    assert con_token.get("/api/v1/productos").status_code == 200
    creado = con_token.post("/api/v1/productos", {"nombre": "Crumble", "sku": "C-1", "precio": 3})
    assert creado.status_code == 201, creado.content
    Membresia.objects.filter(empresa__slug="acme").update(activa=False)
    negado = con_token.get("/api/v1/productos")
    assert (negado.status_code, negado.json()["codigo"]) == (401, "no_autenticado")


def test_quien_soy_y_mi_perfil(cliente: ClienteApi, empresa: Empresa) -> None:
    con_token = con_sesion(cliente)
    como_en("me", con_token.get(f"{AUTH}/me"))
    como_en("profile", con_token.get(f"{AUTH}/profile/"))
    como_en("profile, changed", con_token.put(f"{AUTH}/profile", {"full_name": " Ana María "}))
    assert con_token.get(f"{AUTH}/me").json()["full_name"] == "Ana María"
    with scopes_disabled():
        assert Anotacion.objects.get(hecho=Hecho.PERSONA_CAMBIADA).despues == {"nombre": "Ana María"}
    for malo in ("", "x" * 256, None, 7):
        respuesta = con_token.put(f"{AUTH}/profile", {"full_name": malo})
        assert respuesta.status_code == 422
        assert respuesta.json()["errors"][0]["field"] == "body -> full_name"
    auditor = Usuario.objects.create_user("eva@acme.ec", BUENA, nombre="Eva")
    agregar_miembro(empresa=empresa, usuario=auditor, rol=Rol.AUDITOR)
    cuerpo = con_sesion(cliente, correo="eva@acme.ec").get(f"{AUTH}/me").json()
    assert (cuerpo["role"], cuerpo["role_id"]) == ("User", 2)


@pytest.mark.parametrize(
    ("nueva", "detalle"),
    [
        ("ana@acme.ec", "This password is too similar to the name or e-mail of its owner."),
        ("password", "This password is too common."),
        ("90817263544", "This password is entirely numeric."),
    ],
)
def test_por_que_una_contrasena_no_sirve_se_dice_en_ingles(
    cliente: ClienteApi, nueva: str, detalle: str
) -> None:
    datos = {"current_password": BUENA, "new_password": nueva}
    respuesta = con_sesion(cliente).post(f"{AUTH}/change-password", datos)
    assert (respuesta.status_code, respuesta.json()) == (400, {"detail": detalle})


def test_cambiar_la_contrasena(cliente: ClienteApi) -> None:
    con_token, otra = con_sesion(cliente), con_sesion(cliente)

    def cambiar(actual: str, nueva: str) -> Any:
        datos = {"current_password": actual, "new_password": nueva}
        return con_token.post(f"{AUTH}/change-password", datos, HTTP_IDEMPOTENCY_KEY="la-misma")

    como_en("change password, wrong", cambiar("mala", NUEVA))
    como_en("change password, same", cambiar(BUENA, BUENA))
    como_en("change password, weak", cambiar(BUENA, "12345678"))
    como_en("change password, short", cambiar(BUENA, "corta"))
    como_en("change password", cambiar(BUENA, NUEVA))
    como_en("me", con_token.get(f"{AUTH}/me"))
    como_en("bad token", otra.get(f"{AUTH}/me"))
    assert entrar(cliente).status_code == 401
    como_en("login", entrar(cliente, contrasena=NUEVA))


def test_recuperar_la_contrasena(
    cliente: ClienteApi, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cache.clear()
    for correo in ("nadie@acme.ec", "ANA@acme.ec"):
        with django_capture_on_commit_callbacks(execute=True):
            como_en("forgot password", cliente.post(f"{AUTH}/forgot-password", {"email": correo}))
    assert [correo.to for correo in mail.outbox] == [["ana@acme.ec"]]
    hallado = re.search(r"^[0-9a-f]{32}-\S+$", str(mail.outbox[0].body), re.MULTILINE)
    assert hallado is not None
    datos = {"recovery_token": hallado[0], "new_password": NUEVA}
    como_en("reset password", cliente.post(f"{AUTH}/reset-password", datos))
    como_en("login", entrar(cliente, contrasena=NUEVA))
    como_en("reset password, bad token", cliente.post(f"{AUTH}/reset-password", datos))
    debil = {"recovery_token": "x", "new_password": "corta"}
    assert cliente.post(f"{AUTH}/reset-password", debil).status_code == 422


def test_quien_recibio_su_contrasena_debe_cambiarla(cliente: ClienteApi) -> None:
    Usuario.objects.update(debe_cambiar_contrasena=True)
    assert entrar(cliente).json()["must_change_password"] is True


def test_insistir_en_una_cuenta_se_frena_sin_frenar_a_las_demas(
    cliente: ClienteApi, settings: Any, time_machine: Any
) -> None:
    # A mitad de un minuto: la cuenta empieza de nuevo en cada uno.
    time_machine.move_to("2027-03-01 12:00:20+00:00", tick=False)
    cache.clear()
    settings.LIMITE_DE_ACCESO = 3
    for _ in range(3):
        assert entrar(cliente, contrasena="mala").status_code == 401
    frenado = entrar(cliente)
    cuerpo = como_en("too many attempts", frenado)
    assert frenado["Retry-After"] == str(cuerpo["retry_after"])
    assert entrar(cliente, "otra@acme.ec").status_code == 401
    settings.LIMITE_DE_ACCESO_POR_IP = 1
    assert entrar(cliente, "otra@acme.ec").status_code == 401
    como_en("too many attempts", entrar(cliente, "tercera@acme.ec"))


def test_lo_que_no_existe_y_las_opciones(cliente: ClienteApi) -> None:
    for ruta in ("auth", "auth/nada", "api-keys/1/2/3"):
        respuesta = cliente.get(f"/api/v1/{ruta}")
        assert (respuesta.status_code, respuesta.json()) == (404, {"detail": "Not Found"})
    assert cliente.options(f"{AUTH}/login").json() == {"methods": ["OPTIONS", "POST"]}


def test_con_la_sesion_de_la_pagina_tambien_se_sabe_quien_es(usuario: Usuario) -> None:
    navegador = Client()
    navegador.force_login(usuario)
    como_en("me", navegador.get(f"{AUTH}/me"))
