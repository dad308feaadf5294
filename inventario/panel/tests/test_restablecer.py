"""Poner otra contraseña desde el navegador con el enlace del correo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as ajustes
from django.test import Client
from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.models import Sesion, SesionWeb, Usuario
from inventario.movimientos.tests.mundo import Mundo
from inventario.panel.tests.conftest import Navegador

NUEVA = "otra-Frase-9812"
DOS_VECES = {"nueva": NUEVA, "repetida": NUEVA}


@pytest.fixture
def ana(granja: Mundo, navegador: Navegador) -> Usuario:
    return Usuario.objects.get(pk=navegador.session["_auth_user_id"])


@pytest.fixture
def enlace(ana: Usuario) -> str:
    return f"/restablecer/{acceso.codigo_de_recuperacion(ana)}/"


def texto_de(respuesta: Any) -> str:
    return str(respuesta.content.decode())


def test_el_enlace_deja_poner_otra_y_lleva_a_entrar(ana: Usuario, enlace: str) -> None:
    cliente = Client()
    pagina = cliente.get(enlace, follow=True)
    assert pagina.status_code == 200
    respuesta = cliente.post("/restablecer/", DOS_VECES, follow=True)
    assert respuesta.redirect_chain == [("/entrar/", 303)]
    assert "Su contraseña cambió. Entre con la nueva." in texto_de(respuesta)
    ana.refresh_from_db()
    assert ana.check_password(NUEVA)
    anotado = Anotacion.objects.get(hecho=Hecho.CONTRASENA_CAMBIADA)
    assert (anotado.hecho, anotado.motivo) == (Hecho.CONTRASENA_CAMBIADA, "Con un código de recuperación.")
    assert cliente.post("/entrar/", {"username": ana.email, "password": NUEVA}).status_code == 302


def test_el_codigo_no_queda_en_ninguna_pagina(enlace: str) -> None:
    codigo = enlace.split("/")[2]
    cliente = Client()
    primera = cliente.get(enlace)
    assert (primera.status_code, primera["Location"], primera.content) == (303, "/restablecer/", b"")
    pagina = cliente.get("/restablecer/")
    assert codigo not in texto_de(pagina)
    assert codigo not in str(cliente.cookies)
    for respuesta in (primera, pagina):
        assert "no-store" in respuesta["Cache-Control"]
        assert respuesta["Referrer-Policy"] == "same-origin"


def test_al_restablecer_se_cierran_sus_sesiones(ana: Usuario, enlace: str, navegador: Navegador) -> None:
    ahora = timezone.now()
    Sesion.objects.create(usuario=ana, autenticada_en=ahora, vence_en=ahora + timedelta(days=1))
    assert navegador.get("/").status_code == 200
    cliente = Client()
    cliente.get(enlace)
    cliente.post("/restablecer/", DOS_VECES)
    assert not SesionWeb.objects.filter(usuario=ana).exists()
    assert not Sesion.objects.filter(usuario=ana).exists()
    assert navegador.get("/").status_code == 302


def test_el_enlace_vale_una_vez(enlace: str) -> None:
    uno, otro = Client(), Client()
    for cliente in (uno, otro):
        cliente.get(enlace)
    assert uno.post("/restablecer/", DOS_VECES).status_code == 303
    tarde = otro.post("/restablecer/", {"nueva": "una-Tercera-4411", "repetida": "una-Tercera-4411"})
    assert tarde.status_code == 400
    assert "Pedir otro enlace" in texto_de(tarde)
    assert Client().get(enlace).status_code == 400


def test_el_enlace_vence(ana: Usuario, enlace: str, time_machine: Any) -> None:
    cliente = Client()
    cliente.get(enlace)
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    for respuesta in (cliente.get("/restablecer/"), cliente.post("/restablecer/", DOS_VECES)):
        assert respuesta.status_code == 400
    ana.refresh_from_db()
    assert not ana.check_password(NUEVA)


@pytest.mark.parametrize("malo", ["x", "-", "0" * 32 + "-abc-def", "a" * 3000])
def test_un_enlace_malo_se_explica_y_no_deja_sesion(ana: Usuario, malo: str) -> None:
    cliente = Client()
    respuesta = cliente.get(f"/restablecer/{malo}/")
    assert respuesta.status_code == 400
    assert "/olvido/" in texto_de(respuesta)
    assert ajustes.SESSION_COOKIE_NAME not in cliente.cookies
    assert Client().get("/restablecer/").status_code == 400


@pytest.mark.parametrize(
    ("datos", "campo", "dice"),
    [
        ({"nueva": NUEVA, "repetida": "otra"}, "repetida", "No es igual a la de arriba."),
        ({"nueva": "12345678", "repetida": "12345678"}, "nueva", "demasiado com"),
        ({"nueva": "corta", "repetida": "corta"}, "nueva", "demasiado corta"),
        ({"nueva": "", "repetida": ""}, "nueva", "Este campo"),
        ({"nueva": "x" * 1025, "repetida": "x" * 1025}, "nueva", "1024"),
        ({"nueva": "una\x00larga-99", "repetida": "una\x00larga-99"}, "nueva", "nulos"),
    ],
)
def test_la_que_no_se_admite_se_explica_en_su_campo(
    ana: Usuario, enlace: str, datos: dict[str, str], campo: str, dice: str
) -> None:
    cliente = Client()
    cliente.get(enlace)
    respuesta = cliente.post("/restablecer/", datos)
    assert respuesta.status_code == 422
    assert any(dice in error for error in respuesta.context["formulario"].errors[campo])
    # Y el enlace sigue sirviendo.
    assert cliente.post("/restablecer/", DOS_VECES).status_code == 303


def test_quien_estaba_dentro_con_otra_cuenta_sale(granja: Mundo, enlace: str) -> None:
    otra = Client()
    otra.force_login(Usuario.objects.create_user("zoe@granja.ec", "clave-de-prueba"))
    otra.get(enlace)
    assert otra.post("/restablecer/", DOS_VECES)["Location"] == "/entrar/"
    assert "_auth_user_id" not in otra.session
