"""Las personas de la empresa y la página a la que llega quien invitaron."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.invitaciones.enlaces import token_de
from inventario.cuentas.invitaciones.services import invitar
from inventario.cuentas.models import Bodega, Empresa, Invitacion, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.cuentas.tests.telefono import activar
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import BodegaFabrica
from inventario.panel.tests.conftest import Navegador

CORREO = "eva@granja.test"
BUENA = "una-clave-larga-2026"
LISTA = "/personas/"
INVITAR = "/personas/invitar/"
ESTRENO = {"nombre": "Eva", "contrasena": BUENA, "repetida": BUENA}


@pytest.fixture
def administra(usuario: Usuario) -> Navegador:
    return _como(usuario)


@pytest.fixture
def token(actor: Actor) -> str:
    return token_de(invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR, nombre="Eva").invitacion)


def _como(usuario: Usuario | None) -> Navegador:
    navegador = Navegador()
    if usuario is not None:
        navegador.force_login(usuario)
    return navegador


def _pagina(token: str) -> str:
    return reverse("panel:invitacion", args=[token])


def _texto(respuesta: Any) -> str:
    return str(respuesta.content.decode())


# ── Quien administra ────────────────────────────────────────────────────────────────────────────


def test_invitar_manda_el_correo_y_queda_en_la_lista(administra: Navegador) -> None:
    respuesta = administra.post(INVITAR, {"correo": CORREO, "rol": "operador"})
    assert (respuesta.status_code, respuesta["Location"]) == (303, LISTA)
    lista = _texto(administra.get(LISTA))
    assert CORREO in lista
    assert "Ana" in lista
    assert not re.search(r"/invitacion/[0-9]", lista)


def test_la_respuesta_es_la_misma_tenga_cuenta_o_no(administra: Navegador) -> None:
    Usuario.objects.create_user("conocida@x.test", BUENA)
    vistas = []
    for correo in ("conocida@x.test", "ignorada@x.test"):
        respuesta = administra.post(INVITAR, {"correo": correo, "rol": "operador"}, follow=True)
        vistas.append((respuesta.status_code, respuesta.redirect_chain))
    assert vistas[0] == vistas[1]
    assert "conocida@x.test" in _texto(administra.get(LISTA))


def test_sin_correo_el_enlace_se_ve_una_vez_y_no_en_una_galleta(
    administra: Navegador, empresa: Empresa, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    respuesta = administra.post(INVITAR, {"correo": CORREO, "rol": "operador"})
    assert respuesta.status_code == 200
    assert "no-store" in respuesta["Cache-Control"]
    [enlace] = re.findall(r"http://localhost:8000(/invitacion/[^<\s]+)", _texto(respuesta))
    assert _como(None).get(enlace).status_code == 200
    secreto = enlace.split("/")[2]
    assert secreto not in str(administra.cookies)
    assert secreto not in str(dict(administra.session.items()))
    assert secreto not in _texto(administra.get(LISTA))
    with en_empresa(empresa):
        pk = Invitacion.objects.get().pk
    otra = administra.post(reverse("panel:invitacion_reenviar", args=[pk]))
    assert otra.status_code == 200
    assert _como(None).get(enlace).status_code == 404


@pytest.mark.parametrize(
    ("datos", "dice"),
    [
        ({"correo": "no-es", "rol": "operador"}, "correo"),
        ({"correo": CORREO, "rol": "rey"}, "rey"),
        ({"correo": "ana@acme.ec", "rol": "operador"}, "ya es miembro"),
        ({}, "requerido"),
        ({"correo": "a\x00@x.test", "rol": "operador"}, "nulo"),
    ],
)
def test_un_formulario_malo_conserva_lo_escrito(
    administra: Navegador, empresa: Empresa, datos: dict[str, str], dice: str
) -> None:
    respuesta = administra.post(INVITAR, datos)
    assert respuesta.status_code == 422
    assert dice in _texto(respuesta)
    with en_empresa(empresa):
        assert not Invitacion.objects.exists()


def test_revocar_mata_el_enlace(administra: Navegador, empresa: Empresa, token: str) -> None:
    with en_empresa(empresa):
        pk = Invitacion.objects.get().pk
    assert administra.post(reverse("panel:invitacion_revocar", args=[pk])).status_code == 303
    assert _como(None).get(_pagina(token)).status_code == 404
    assert administra.post(reverse("panel:invitacion_revocar", args=[pk])).status_code == 303
    assert administra.post(reverse("panel:invitacion_reenviar", args=[pk])).status_code == 400


def test_cambiar_a_un_miembro_y_no_a_si_mismo(
    administra: Navegador, empresa: Empresa, usuario: Usuario
) -> None:
    eva = agregar_miembro(empresa=empresa, usuario=Usuario.objects.create_user(CORREO), rol=Rol.OPERADOR)
    ruta = reverse("panel:persona", args=[eva.pk])
    assert administra.get(ruta).status_code == 200
    assert administra.post(ruta, {"rol": "auditor"}).status_code == 303
    eva.refresh_from_db()
    assert (eva.rol, eva.activa) == (Rol.AUDITOR, False)
    propia = Membresia.objects.get(usuario=usuario)
    mia = reverse("panel:persona", args=[propia.pk])
    assert "propia membresía" in _texto(administra.get(mia))
    assert administra.post(mia, {"rol": "auditor"}).status_code == 403
    propia.refresh_from_db()
    assert propia.rol == Rol.ADMINISTRADOR


def test_a_otra_empresa_no_se_le_ve_ni_se_le_toca_nadie(administra: Navegador, otra_empresa: Empresa) -> None:
    beto = Usuario.objects.create_user("beto@otra.ec", nombre="Beto")
    ajena = agregar_miembro(empresa=otra_empresa, usuario=beto, rol=Rol.ADMINISTRADOR)
    with en_empresa(otra_empresa):
        suya = invitar(
            actor=actor_de_membresia(beto, otra_empresa), correo="z@otra.ec", rol=Rol.OPERADOR
        ).invitacion
    assert "otra.ec" not in _texto(administra.get(LISTA))
    assert administra.get(reverse("panel:persona", args=[ajena.pk])).status_code == 404
    for verbo in ("reenviar", "revocar"):
        assert administra.post(reverse(f"panel:invitacion_{verbo}", args=[suya.pk])).status_code == 404


@pytest.mark.parametrize("rol", sorted(set(Rol) - {Rol.ADMINISTRADOR}))
def test_los_demas_ni_la_ven_en_el_menu(empresa: Empresa, rol: str) -> None:
    persona = Usuario.objects.create_user(f"{rol}@acme.ec")
    agregar_miembro(empresa=empresa, usuario=persona, rol=rol)
    navegador = _como(persona)
    assert LISTA not in _texto(navegador.get("/"))
    for ruta in (LISTA, INVITAR):
        assert navegador.get(ruta).status_code == 403


def test_quien_llega_a_una_bodega_solo_ofrece_la_suya(
    alcance: Empresa, bodega: Bodega, usuario: Usuario
) -> None:
    sur = BodegaFabrica.create(empresa=alcance, codigo="sur", nombre="Bodega del sur")
    oeste = BodegaFabrica.create(empresa=alcance, codigo="oeste", nombre="Bodega del oeste")
    assert "Bodega del sur" in _texto(_como(usuario).get(INVITAR))
    Membresia.objects.get(usuario=usuario).bodegas_permitidas.set([bodega, oeste])
    limitado = _como(usuario)
    pagina = _texto(limitado.get(INVITAR))
    assert "Bodega del oeste" in pagina
    assert "Bodega del sur" not in pagina
    datos = {"correo": CORREO, "rol": "administrador", "limitada_a": [str(sur.pk)]}
    assert limitado.post(INVITAR, datos).status_code == 422
    with en_empresa(alcance):
        assert not Invitacion.objects.exists()


# ── Quien acepta ────────────────────────────────────────────────────────────────────────────────


def test_quien_no_tiene_cuenta_elige_su_contrasena_y_entra(empresa: Empresa, token: str) -> None:
    navegador = _como(None)
    pagina = navegador.get(_pagina(token))
    assert pagina.status_code == 200
    assert "no-store" in pagina["Cache-Control"]
    assert pagina["Referrer-Policy"] == "same-origin"
    assert {"Camaronera Acme", "Operador", 'value="Eva"'} <= {
        dicho for dicho in ("Camaronera Acme", "Operador", 'value="Eva"') if dicho in _texto(pagina)
    }
    respuesta = navegador.post(_pagina(token), ESTRENO)
    assert (respuesta.status_code, respuesta["Location"]) == (303, "/")
    assert "Camaronera Acme" in _texto(navegador.get("/"))
    assert Usuario.objects.get(email=CORREO).check_password(BUENA)
    assert _como(None).get(_pagina(token)).status_code == 404


@pytest.mark.parametrize(
    ("datos", "dice"),
    [
        ({**ESTRENO, "repetida": "otra"}, "No es igual"),
        ({**ESTRENO, "contrasena": "123", "repetida": "123"}, "demasiado corta"),
        ({**ESTRENO, "nombre": ""}, "requerido"),
    ],
)
def test_lo_mal_escrito_se_dice_y_el_enlace_sigue_sirviendo(
    token: str, datos: dict[str, str], dice: str
) -> None:
    navegador = _como(None)
    respuesta = navegador.post(_pagina(token), datos)
    assert respuesta.status_code == 422
    assert dice in _texto(respuesta)
    assert BUENA not in _texto(respuesta)
    assert not Usuario.objects.filter(email=CORREO).exists()
    assert navegador.get(_pagina(token)).status_code == 200


def test_quien_tiene_cuenta_entra_con_ella_y_vuelve(token: str) -> None:
    Usuario.objects.create_user(CORREO, BUENA, nombre="Eva")
    navegador = _como(None)
    pagina = _texto(navegador.get(_pagina(token)))
    assert "contrasena" not in pagina
    assert navegador.post(_pagina(token), ESTRENO | {"contrasena": "x" * 20}).status_code == 200
    [entrar] = re.findall(r'href="(/entrar/\?next=[^"]+)"', pagina)
    respuesta = navegador.post(entrar, {"username": CORREO, "password": BUENA, "next": _pagina(token)})
    assert respuesta["Location"] == _pagina(token)
    assert "Aceptar" in _texto(navegador.get(_pagina(token)))
    assert Membresia.objects.filter(usuario__email=CORREO).count() == 0
    assert navegador.post(_pagina(token))["Location"] == "/"
    assert Membresia.objects.filter(usuario__email=CORREO).count() == 1


def test_quien_entro_con_otra_cuenta_puede_salir_y_seguir(administra: Navegador, token: str) -> None:
    pagina = administra.get(_pagina(token))
    assert pagina.status_code == 403
    assert "Salir y seguir" in _texto(pagina)
    assert administra.post(_pagina(token), ESTRENO).status_code == 403
    assert not Usuario.objects.filter(email=CORREO).exists()
    assert administra.post("/salir/", {"next": _pagina(token)})["Location"] == _pagina(token)


def test_todo_enlace_que_no_sirve_da_la_misma_pagina(token: str) -> None:
    paginas = set()
    navegador = _como(None)
    for malo in (token[:-1] + "g", "0" * 20, "1-1-" + "0" * 64, token.replace("-", "", 1), "%00", "ñandú"):
        for respuesta in (navegador.get(_pagina(malo)), navegador.post(_pagina(malo), ESTRENO)):
            assert respuesta.status_code == 404
            paginas.add(_texto(respuesta))
    assert len(paginas) == 1
    assert mail.outbox == []


def test_elegir_contrasena_por_invitacion_no_se_salta_el_segundo_factor(token: str) -> None:
    """A quien otro le puso la contraseña se le deja elegirla, pero su teléfono se le sigue pidiendo."""
    eva = Usuario.objects.create_user(CORREO, "la-que-puso-a", debe_cambiar_contrasena=True)
    activar(eva, contrasena="la-que-puso-a")
    nadie = _como(None)
    respuesta = nadie.post(_pagina(token), ESTRENO)
    assert (respuesta.status_code, respuesta["Location"]) == (303, reverse("panel:entrar"))
    assert nadie.get("/").status_code == 302
    assert Membresia.objects.filter(usuario=eva).exists()


def test_en_ingles_los_rechazos_tambien(administra: Navegador, settings: Any) -> None:
    administra.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    datos = {"correo": CORREO, "rol": "operador"}
    administra.post(INVITAR, datos)
    respuesta = administra.post(INVITAR, datos)
    assert respuesta.status_code == 422
    assert f"{CORREO} already has a pending invitation" in _texto(respuesta)
