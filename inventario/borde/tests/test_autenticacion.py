"""Quién llama y en qué empresa queda."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from inventario.borde.tests.test_errores import exigir_sobre
from inventario.cuentas.acceso.sesion import EMPRESA_EN_SESION
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import ClaveApi, Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Permiso, Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con

pytestmark = [pytest.mark.django_db, pytest.mark.urls("inventario.borde.tests.urls_de_prueba")]


def test_llamar_con_clave_por_las_dos_cabeceras(clave_de: Callable[..., str]) -> None:
    clave = clave_de("inventory:read")
    for cabecera in (
        {"HTTP_AUTHORIZATION": f"Bearer {clave}"},
        {"HTTP_AUTHORIZATION": f"bearer   {clave}"},
        {"HTTP_X_API_KEY": clave},
    ):
        cuerpo = ClienteApi().con(**cabecera).get("/api/v1/quien").json()
        assert cuerpo["empresa"] == "acme"
        assert cuerpo["permisos"] == ["ver"]
        assert cuerpo["bodega"] == "principal"
        assert cuerpo["principal"] == f"clave:{ClaveApi.objects.get().pk}"
    assert ClaveApi.objects.get().ultimo_uso_en is not None


def test_llamar_con_clave_revocada_vencida_o_apagada_responde_401(empresa: Empresa) -> None:
    fila, clave = crear_clave_api(empresa=empresa, nombre="x", alcances=["*:*"])
    cliente = cliente_con(clave)
    assert cliente.get("/api/v1/quien").status_code == 200
    ayer = timezone.now() - timedelta(days=1)
    for cambio, deshacer, dice in (
        ({"revocada_en": ayer}, {"revocada_en": None}, "revocada"),
        ({"vence_en": ayer}, {"vence_en": None}, "vencida"),
    ):
        ClaveApi.objects.filter(pk=fila.pk).update(**cambio)
        cuerpo = exigir_sobre(cliente.get("/api/v1/quien"), 401, "no_autenticado")
        assert dice in cuerpo["detail"]
        ClaveApi.objects.filter(pk=fila.pk).update(**deshacer)
    Usuario.objects.filter(pk=fila.usuario_id).update(is_active=False)
    exigir_sobre(cliente.get("/api/v1/quien"), 401, "no_autenticado")
    Usuario.objects.filter(pk=fila.usuario_id).update(is_active=True)
    Empresa.objects.filter(pk=empresa.pk).update(activa=False)
    exigir_sobre(cliente.get("/api/v1/quien"), 401, "no_autenticado")


def test_llamar_con_clave_de_otra_empresa_solo_ve_la_suya(
    cliente_api: ClienteApi, cliente_ajeno: ClienteApi
) -> None:
    propia = cliente_api.get("/api/v1/bodegas").json()
    ajena = cliente_ajeno.get("/api/v1/bodegas").json()
    assert [len(propia), len(ajena)] == [1, 1]
    assert propia[0]["id"] != ajena[0]["id"]
    exigir_sobre(cliente_ajeno.get(f"/api/v1/bodegas/{propia[0]['id']}"), 404, "no_encontrado")
    assert cliente_ajeno.get("/api/v1/quien").json()["empresa"] == "otra"


def test_actuar_por_otra_persona_llega_limpio_y_acotado(cliente_api: ClienteApi) -> None:
    def externo(**cabeceras: str) -> list[str]:
        respuesta = cliente_api.get("/api/v1/quien", headers=cabeceras)
        nombrado: list[str] = respuesta.json()["externo"]
        return nombrado

    assert externo() == ["", ""]
    assert externo(**{"X-Acting-User-Id": "7", "X-Acting-User-Name": "Rosa Pérez"}) == ["7", "Rosa Pérez"]
    assert externo(**{"X-Acting-User-Name": "Rosa%20P%C3%A9rez"}) == ["", "Rosa Pérez"]
    assert externo(**{"X-Acting-User-Name": "a%0Ab%00c%E2%80%AEd"}) == ["", "abcd"]
    assert externo(**{"X-Acting-User-Id": "x" * 500, "X-Acting-User-Name": "y" * 900}) == [
        "x" * 64,
        "y" * 255,
    ]


def test_llamar_con_sesion_usa_su_empresa_y_su_rol(usuario: Usuario, otra_empresa: Empresa) -> None:
    agregar_miembro(empresa=otra_empresa, usuario=usuario, rol=Rol.AUDITOR)
    cliente = ClienteApi()
    cliente.force_login(usuario)
    cuerpo = cliente.get("/api/v1/quien").json()
    assert cuerpo["empresa"] == "acme"
    assert cuerpo["permisos"] == sorted(Permiso.values)
    assert cuerpo["principal"] == f"usuario:{usuario.pk}"
    sesion = cliente.session
    sesion[EMPRESA_EN_SESION] = otra_empresa.pk
    sesion.save()
    cuerpo = cliente.get("/api/v1/quien").json()
    assert (cuerpo["empresa"], cuerpo["permisos"]) == ("otra", ["ver"])
    # Dejar de ser miembro se nota en la siguiente solicitud, diga lo que diga la sesión.
    Membresia.objects.filter(usuario=usuario, empresa=otra_empresa).update(activa=False)
    assert cliente.get("/api/v1/quien").json()["empresa"] == "acme"
    Membresia.objects.filter(usuario=usuario).update(activa=False)
    exigir_sobre(cliente.get("/api/v1/quien"), 403, "sin_empresa")


def test_escribir_con_sesion_exige_csrf(usuario: Usuario) -> None:
    cliente = ClienteApi(enforce_csrf_checks=True)
    cliente.force_login(usuario)
    cuerpo = exigir_sobre(cliente.post("/api/v1/quien", {}), 403, "sin_permiso")
    assert cuerpo["detail"] == "Falta el token CSRF o no es válido."
    cliente.get("/admin/login/")
    cliente.get("/admin/")
    ficha = cliente.cookies["csrftoken"].value
    assert cliente.post("/api/v1/quien", {}, headers={"X-CSRFToken": ficha}).status_code == 201


def test_una_clave_valida_no_necesita_csrf(clave_de: Callable[..., str]) -> None:
    cliente = ClienteApi(enforce_csrf_checks=True)
    cliente.credentials(HTTP_AUTHORIZATION=f"Bearer {clave_de()}")
    assert cliente.post("/api/v1/bodegas", {"codigo": "n"}).status_code == 201


def test_el_identificador_de_solicitud_se_adopta_si_es_seguro(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.get("/api/v1/quien", headers={"X-Request-ID": "abc-123_:.Z"})
    assert respuesta["X-Request-ID"] == "abc-123_:.Z"
    assert respuesta.json()["solicitud_id"] == "abc-123_:.Z"
    for forjado in ("a b", "a\nb", "x" * 65, "ñ", '{"a":1}', ""):
        respuesta = cliente_api.get("/api/v1/quien", headers={"X-Request-ID": forjado})
        assert len(respuesta["X-Request-ID"]) == 16
        assert respuesta.json()["solicitud_id"] == respuesta["X-Request-ID"]


def test_llamar_con_barra_o_sin_ella_es_lo_mismo(cliente_api: ClienteApi) -> None:
    for ruta in ("/api/v1/bodegas", "/api/v1/bodegas/"):
        assert cliente_api.get(ruta).status_code == 200
        codigo = f"b{len(ruta)}"
        assert cliente_api.post(ruta, {"codigo": codigo}).status_code == 201
    pk = cliente_api.get("/api/v1/bodegas").json()[0]["id"]
    for ruta in (f"/api/v1/bodegas/{pk}", f"/api/v1/bodegas/{pk}/", "/api/v1/quien/"):
        assert cliente_api.get(ruta).status_code == 200


def test_preguntar_los_metodos_exige_identificarse(
    cliente_api: ClienteApi, cliente_anonimo: ClienteApi
) -> None:
    assert cliente_api.options("/api/v1/bodegas").json() == {"metodos": ["GET", "HEAD", "OPTIONS", "POST"]}
    exigir_sobre(cliente_anonimo.options("/api/v1/bodegas"), 401, "no_autenticado")
    assert cliente_api.head("/api/v1/bodegas").status_code == 200


def test_los_documentos_piden_entrar_en_produccion(client: Client, settings: Any, usuario: Usuario) -> None:
    settings.PRODUCCION = True
    assert client.get("/api/docs/").status_code == 302
    assert client.get("/api/v1/schema/").status_code == 401
    client.force_login(usuario)
    assert client.get("/api/docs/").status_code == 200
    settings.PRODUCCION = False
    client.logout()
    pagina = client.get("/api/docs")
    assert pagina.status_code == 200
    assert "<style" not in pagina.content.decode()
    assert "<script>" not in pagina.content.decode()
    guion = re.search(r'<script src="([^"]+script[^"]*)"></script>\s*</body>', pagina.content.decode())
    assert guion is not None
    assert b"SwaggerUIBundle" in client.get(html.unescape(guion[1])).content
    esquema = client.get("/api/v1/schema", HTTP_ACCEPT="application/json")
    assert esquema.status_code == 200
    assert esquema.json()["openapi"].startswith("3.1")
    assert esquema.json()["info"]["title"] == "Inventario"


def test_el_cupo_de_una_clave_no_gasta_el_de_otra(clave_de: Callable[..., str], settings: Any) -> None:
    cache.clear()
    settings.LIMITE_POR_CLAVE = 1
    for _ in range(2):
        assert cliente_con(clave_de()).get("/api/v1/quien").status_code == 200
