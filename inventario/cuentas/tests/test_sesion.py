"""Páginas y admin trabajan en la empresa de la sesión."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django_scopes import get_scope

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.models import Bodega, Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro

pytestmark = [pytest.mark.django_db, pytest.mark.urls("inventario.cuentas.tests.test_sesion")]


def quien(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    codigos = ",".join(Bodega.objects.values_list("codigo", flat=True))
    return HttpResponse(f"{actor.empresa.slug}|{actor.usuario.email}|{codigos}|{actor.solicitud_id}")


def fallar(request: HttpRequest) -> HttpResponse:
    Bodega.objects.create(empresa=actor_de(request).empresa, codigo="fantasma", nombre="x")
    raise RuntimeError("secreto")


def abierta(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(get_scope()))


urlpatterns = [
    path("quien/", quien),
    path("fallar/", fallar),
    path("abierta/", abierta),
    path("", include("config.urls")),
]
handler403 = "inventario.borde.errores.prohibido"
handler404 = "inventario.borde.errores.no_encontrado"
handler500 = "inventario.borde.errores.error_interno"


def test_pedir_una_pagina_la_abre_en_la_empresa_de_la_persona(client: Client, usuario: Usuario) -> None:
    client.force_login(usuario)
    respuesta = client.get("/quien/", headers={"X-Request-ID": "abc"})
    assert respuesta.content.decode() == "acme|ana@acme.ec|principal|abc"
    assert "empresa" not in get_scope()


def test_pedir_una_pagina_sin_entrar_no_abre_ninguna(client: Client, empresa: Empresa) -> None:
    assert client.get("/abierta/").content == b"{}"
    assert client.get("/quien/").status_code == 403


def test_no_tener_empresa_se_explica(client: Client, empresa: Empresa) -> None:
    suelto = Usuario.objects.create_user("suelto@acme.ec", is_staff=True)
    client.force_login(suelto)
    for ruta in ("/quien/", "/admin/", "/cuenta/empresa/"):
        respuesta = client.get(ruta)
        assert respuesta.status_code == 403
        assert "no pertenece a ninguna empresa activa" in respuesta.content.decode()
    # Sin empresa no hay nada que ver, pero sí se puede salir.
    assert client.post("/salir/")["Location"] == "/entrar/"
    assert "_auth_user_id" not in client.session


def test_no_haber_ninguna_empresa_dice_como_crearla(client: Client) -> None:
    client.force_login(Usuario.objects.create_superuser("raiz@inventario.ec"))
    respuesta = client.get("/admin/")
    assert respuesta.status_code == 403
    assert "manage.py crear_empresa" in respuesta.content.decode()


def test_un_superusuario_sin_membresia_entra_a_la_primera(
    client: Client, empresa: Empresa, otra_empresa: Empresa
) -> None:
    client.force_login(Usuario.objects.create_superuser("raiz@inventario.ec"))
    assert client.get("/quien/").content.startswith(b"acme|")


def test_cambiar_de_empresa(client: Client, usuario: Usuario, otra_empresa: Empresa) -> None:
    client.force_login(usuario)
    ajena = {"empresa": str(otra_empresa.pk)}
    assert client.post("/cuenta/empresa/", ajena).status_code == 404
    assert client.post("/cuenta/empresa/", {"empresa": "x"}).status_code == 404
    assert client.get("/quien/").content.startswith(b"acme|")
    agregar_miembro(empresa=otra_empresa, usuario=usuario, rol=Rol.AUDITOR)
    pagina = client.get("/cuenta/empresa/?siguiente=/quien/").content.decode()
    assert "Camaronera Acme" in pagina
    assert "Otra granja" in pagina
    respuesta = client.post("/cuenta/empresa/", {**ajena, "siguiente": "/quien/"})
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/quien/")
    assert client.get("/quien/").content.startswith(b"otra|")
    for trampa in ("https://malo.ec/", "//malo.ec", "javascript:alert(1)"):
        assert client.post("/cuenta/empresa/", {**ajena, "siguiente": trampa})["Location"] == "/"
    Membresia.objects.filter(usuario=usuario, empresa=otra_empresa).delete()
    assert client.get("/quien/").content.startswith(b"acme|")


def test_cambiar_de_empresa_exige_csrf_y_haber_entrado(usuario: Usuario, empresa: Empresa) -> None:
    cliente = Client(enforce_csrf_checks=True)
    cliente.force_login(usuario)
    assert cliente.post("/cuenta/empresa/", {"empresa": str(empresa.pk)}).status_code == 403
    respuesta = Client().get("/cuenta/empresa/")
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/entrar/?next=/cuenta/empresa/")


@pytest.mark.django_db(transaction=True)
def test_fallar_en_una_pagina_deshace_todo_y_no_muestra_nada(client: Client, usuario: Usuario) -> None:
    client.force_login(usuario)
    client.raise_request_exception = False
    respuesta = client.post("/fallar/")
    assert respuesta.status_code == 500
    texto = respuesta.content.decode()
    assert "Ocurrió un error interno" in texto
    assert "secreto" not in texto
    assert client.get("/quien/").content.decode().split("|")[2] == "principal"
    assert not connection.in_atomic_block


def test_el_inicio_pide_entrar(client: Client) -> None:
    assert client.get("/")["Location"] == "/entrar/?next=/"
