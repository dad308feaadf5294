"""Quién pasa y quién no, en cada página que haya en el mapa de direcciones."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.movimientos.tests.mundo import Mundo
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE, nueva_clave
from inventario.panel.tests.conftest import Navegador, entrar_en
from inventario.panel.tests.fronteras import (
    CERRADAS,
    CON_ID,
    DE_QUIEN_MIRA,
    DIBUJAN,
    ENVIOS,
    SECRETO,
    Finca,
    enviar,
)

ESCRIBE = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


@pytest.fixture
def finca(granja: Mundo, settings: Any, tmp_path: Path) -> Finca:
    settings.MEDIA_ROOT = tmp_path
    finca = Finca.crear(granja)
    finca.exportar(granja.actor.usuario)
    return finca


def usuario_de(navegador: Client) -> Usuario:
    return Usuario.objects.get(pk=navegador.session["_auth_user_id"])


@pytest.fixture
def duena(finca: Finca, navegador: Navegador) -> Navegador:
    """Quien administra la empresa, con un archivo suyo listo para bajar."""
    finca.exportar(usuario_de(navegador))
    return navegador


def cuerpo(respuesta: Any) -> str:
    crudo = b"".join(respuesta.streaming_content) if respuesta.streaming else respuesta.content
    return bytes(crudo).decode(errors="replace")


# ── El mapa ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("nombre", CERRADAS)
def test_toda_pagina_se_abre_y_la_que_recibe_envios_tiene_uno_bueno(
    finca: Finca, duena: Navegador, nombre: str
) -> None:
    """El control: si con las direcciones de estas pruebas nada se abriera, no probarían nada."""
    ruta = finca.ruta(nombre)
    abierta = duena.get(ruta)
    assert abierta.status_code in (200, 303) or (nombre in ENVIOS and abierta.status_code == 405)
    recibe = duena.post(ruta).status_code not in (405, 200)
    assert recibe == (nombre in ENVIOS and nombre not in DIBUJAN), "Falta, o sobra, su envío en ENVIOS."
    if nombre in ENVIOS:
        respuesta = enviar(duena, ENVIOS[nombre](finca))
        assert respuesta.status_code == (200 if nombre in DIBUJAN else 303)


# ── Sin entrar ──────────────────────────────────────────────────────────────────────────────────


def test_sin_entrar_se_pide_entrar_y_se_vuelve_a_donde_se_iba(finca: Finca, client: Client) -> None:
    for nombre in CERRADAS:
        ruta, antes = finca.ruta(nombre), finca.mundo.foto()
        for respuesta in (client.get(ruta), client.post(ruta, {CAMPO_DE_CLAVE: nueva_clave()})):
            assert respuesta.status_code == 302
            assert respuesta["Location"] == f"/entrar/?next={quote(ruta)}"
            assert SECRETO not in cuerpo(respuesta)
        assert finca.mundo.foto() == antes


# ── De otra empresa ─────────────────────────────────────────────────────────────────────────────


def test_lo_de_otra_empresa_no_existe(finca: Finca, duena: Navegador, vecino: Navegador) -> None:
    for nombre in CON_ID:
        ruta, antes = finca.ruta(nombre), finca.mundo.foto()
        datos = ENVIOS[nombre](finca)[1] if nombre in ENVIOS else {}
        antes = finca.mundo.foto()
        leida = vecino.get(ruta)
        assert leida.status_code == 404 or (nombre in ENVIOS and leida.status_code == 405)
        enviada = enviar(vecino, (ruta, datos))
        assert enviada.status_code in (404, 405)
        for respuesta in (leida, enviada):
            assert SECRETO not in cuerpo(respuesta)
        assert finca.mundo.foto() == antes


def test_ninguna_pagina_de_otra_empresa_deja_ver_un_dato(
    finca: Finca, duena: Navegador, vecino: Navegador
) -> None:
    """También pidiéndolo por lo que se escribe en la dirección."""
    for nombre in CERRADAS:
        datos = {
            "producto": str(finca.producto.pk),
            "lote": str(finca.lote.pk),
            "bodega": str(finca.mundo.bodega.pk),
            "q": "L-ZORZAL",
            "cursor": f"s~~{finca.lote.pk + 50}",
            "lineas-0-producto": str(finca.producto.pk),
            "prefijo": "lineas-0",
            "cantidad": "1",
            "estado": "todos",
        }
        respuesta = vecino.get(finca.ruta(nombre), datos)
        assert respuesta.status_code < 500
        assert SECRETO not in cuerpo(respuesta)


# Los campos que apuntan a algo por su id, y a qué de la otra empresa se los apunta.
AJENOS: dict[str, Callable[[Finca], Any]] = {
    "producto": lambda finca: finca.producto.pk,
    "bodega": lambda finca: finca.mundo.bodega.pk,
    "hacia": lambda finca: finca.mundo.otra.pk,
    "proveedor": lambda finca: finca.proveedor.pk,
    "proveedor_id": lambda finca: finca.proveedor.pk,
    "unidad": lambda finca: finca.mundo.kilo.pk,
    "lineas-0-producto": lambda finca: finca.producto.sku,
}


@pytest.fixture
def vecina(finca: Finca) -> tuple[Finca, Navegador]:
    """Otra empresa completa, con quien la administra; su nombre no es secreto."""
    mundo = Mundo.crear()
    with scope(empresa=mundo.empresa):
        suya = Finca.crear(mundo, nombre="VECINA")
    return suya, entrar_en(mundo.empresa, Rol.ADMINISTRADOR)


@pytest.mark.parametrize("nombre", sorted(ENVIOS))
def test_lo_de_otra_empresa_tampoco_vale_dentro_de_un_formulario(
    finca: Finca, vecina: tuple[Finca, Navegador], nombre: str
) -> None:
    suya, navegador = vecina
    for campo, ajeno in AJENOS.items():
        with scope(empresa=suya.mundo.empresa):
            ruta, datos = ENVIOS[nombre](suya)
            if campo not in datos:
                continue
            antes, antes_de_aca = suya.mundo.foto(), None
        antes_de_aca = finca.mundo.foto()
        respuesta = enviar(navegador, (ruta, {**datos, campo: ajeno(finca)}))
        assert respuesta.status_code == (200 if nombre in DIBUJAN else 422), campo
        # Lo que él mismo escribió vuelve con el rechazo.
        escrito = str(finca.producto.sku) if "lineas" in campo else ""
        visto = cuerpo(respuesta).replace(escrito, "") if escrito else cuerpo(respuesta)
        assert SECRETO not in visto, campo
        assert finca.mundo.foto() == antes_de_aca
        with scope(empresa=suya.mundo.empresa):
            assert suya.mundo.foto() == antes, campo


# ── Sin permiso ─────────────────────────────────────────────────────────────────────────────────


def test_quien_solo_mira_no_mueve_nada(finca: Finca, auditor: Navegador) -> None:
    for nombre in sorted(ENVIOS.keys() - DE_QUIEN_MIRA):
        envio = ENVIOS[nombre](finca)
        antes = finca.mundo.foto()
        for respuesta in (enviar(auditor, envio), enviar(auditor, envio, headers={"HX-Request": "true"})):
            assert respuesta.status_code == 403
        assert finca.mundo.foto() == antes


def enlaces(html: str) -> set[str]:
    """Todo lo que la página invita a pedir, con el método con que lo pide."""
    hallados = re.findall(r'\b(?:href|hx-get)="(/[^"#]*)"', html)
    return {uno.replace("&amp;", "&") for uno in hallados if not uno.startswith(("/static/", "/favicon"))}


def envios_de(html: str) -> set[str]:
    formularios = re.findall(r"<form\b[^>]*>", html)
    por_formulario = {
        (re.search(r'\baction="([^"]*)"', uno) or re.search(r'\bhx-post="([^"]*)"', uno) or [None, ""])[1]
        for uno in formularios
        if re.search(r'\bmethod="post"', uno, re.IGNORECASE) or "hx-post" in uno
    }
    return {str(uno) for uno in por_formulario} | set(re.findall(r'\b(?:hx-post|formaction)="([^"]*)"', html))


@pytest.mark.parametrize("rol", [Rol.AUDITOR, Rol.OPERADOR])
def test_ninguna_pagina_ofrece_lo_que_no_se_puede(
    finca: Finca, entrar: Callable[..., Navegador], rol: str
) -> None:
    navegador = entrar(rol)
    finca.exportar(usuario_de(navegador))
    vistos: set[str] = set()
    for nombre in CERRADAS:
        respuesta = navegador.get(finca.ruta(nombre))
        if respuesta.status_code != 200 or not respuesta["Content-Type"].startswith("text/html"):
            continue
        html = cuerpo(respuesta)
        ofrecidos = enlaces(html) - vistos
        vistos |= ofrecidos
        for enlace in sorted(ofrecidos):
            assert navegador.get(enlace).status_code in (200, 302, 303), (nombre, enlace)
        for destino in sorted(envios_de(html)):
            enviado = navegador.post(destino or finca.ruta(nombre))
            assert enviado.status_code != 403, (nombre, destino)
            # La sesión pudo cerrarse con el botón de salir.
            navegador.force_login(Usuario.objects.get(email__startswith=f"{rol}-"))


# ── De otra página ──────────────────────────────────────────────────────────────────────────────


def test_sin_la_marca_de_la_pagina_ningun_envio_vale(finca: Finca, duena: Navegador) -> None:
    for nombre in sorted(ENVIOS):
        otro_sitio = Client(enforce_csrf_checks=True)
        otro_sitio.force_login(usuario_de(duena))
        envio = ENVIOS[nombre](finca)
        antes = finca.mundo.foto()
        respuesta = enviar(otro_sitio, envio)
        assert respuesta.status_code == 403
        assert SECRETO not in cuerpo(respuesta)
        assert finca.mundo.foto() == antes


# ── Mirar no escribe ────────────────────────────────────────────────────────────────────────────


def test_mirar_no_escribe(finca: Finca, duena: Navegador) -> None:
    for nombre in CERRADAS:
        ruta = finca.ruta(nombre)
        for cabeceras in ({}, {"HX-Request": "true"}):
            with CaptureQueriesContext(connection) as hechas:
                respuesta = duena.get(ruta, headers=cabeceras)
                cuerpo(respuesta)
            escritas = [una["sql"] for una in hechas if ESCRIBE.search(una["sql"])]
            assert escritas == []


# ── Lo que va en las cabeceras ──────────────────────────────────────────────────────────────────


def test_toda_pagina_se_defiende_sola(finca: Finca, duena: Navegador) -> None:
    for nombre in [*CERRADAS, "entrar", "olvido"]:
        respuesta = (Client() if nombre in ("entrar", "olvido") else duena).get(finca.ruta(nombre))
        politica = respuesta["Content-Security-Policy"]
        assert "default-src 'none'" in politica
        assert "frame-ancestors 'none'" in politica
        assert "base-uri 'none'" in politica
        assert "form-action 'self'" in politica
        assert "unsafe-inline" not in politica
        assert "'unsafe-eval'" not in politica
        assert respuesta["X-Frame-Options"] == "DENY"
        assert respuesta["X-Content-Type-Options"] == "nosniff"
        assert respuesta["Referrer-Policy"] == "same-origin"


def test_lo_que_se_ve_con_sesion_no_queda_guardado_en_ninguna_parte(finca: Finca, duena: Navegador) -> None:
    """En un teléfono compartido, «atrás» después de salir no debe mostrar el inventario."""
    for nombre in CERRADAS:
        respuesta = duena.get(finca.ruta(nombre))
        guardado = {parte.strip() for parte in respuesta["Cache-Control"].split(",")}
        assert {"private", "no-store"} <= guardado


# ── Los archivos ────────────────────────────────────────────────────────────────────────────────


def test_un_archivo_encargado_solo_lo_baja_quien_lo_encargo(
    finca: Finca, duena: Navegador, vecino: Navegador, entrar: Callable[..., Navegador], client: Client
) -> None:
    ruta = finca.ruta("exportacion_archivo")
    assert SECRETO in cuerpo(duena.get(ruta))
    assert client.get(ruta).status_code == 302
    for ajeno in (vecino, entrar(Rol.SUPERVISOR), entrar(Rol.AUDITOR)):
        respuesta = ajeno.get(ruta)
        assert respuesta.status_code == 404
        assert SECRETO not in cuerpo(respuesta)


def test_los_archivos_no_se_sirven_por_su_nombre(finca: Finca, duena: Navegador) -> None:
    nombre = finca.exportacion.archivo
    assert default_storage.exists(nombre)
    # 32 bytes al azar: ni con la empresa y el número se adivina.
    assert re.fullmatch(r"exportaciones/\d+/[\w-]{43}\.csv", nombre)
    for prefijo in ("/media/", "/archivos/", "/static/", "/", "/static/../"):
        assert duena.get(prefijo + nombre).status_code == 404
    assert duena.get("/static/..%2f..%2fmanage.py").status_code == 404


def test_quien_perdio_una_bodega_ya_no_baja_lo_que_la_abarcaba(finca: Finca, duena: Navegador) -> None:
    membresia = usuario_de(duena).membresias.get()
    membresia.bodegas_permitidas.set([finca.mundo.otra])
    assert duena.get(finca.ruta("exportacion_archivo")).status_code == 403


# ── Limitado a una bodega ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("nombre", sorted(ENVIOS))
def test_quien_llega_a_una_bodega_no_mueve_lo_de_otra(
    finca: Finca, entrar: Callable[..., Navegador], nombre: str
) -> None:
    limitado = entrar(Rol.ADMINISTRADOR, finca.mundo.otra)
    ruta, datos = ENVIOS[nombre](finca)
    toca = {"bodega", "hacia"} & datos.keys() or "/lotes/" in ruta or "/asientos/" in ruta
    if not (toca or "/reservas/" in ruta or "lote=" in ruta or nombre == "alerta_reconocer"):
        return
    antes, saldo = finca.mundo.foto(), finca.mundo.fisica(finca.producto)
    respuesta = enviar(limitado, (ruta, datos))
    if nombre in DIBUJAN:
        assert respuesta.status_code == 200
    elif respuesta.status_code == 303:
        # Con una sola bodega al alcance no se pregunta cuál: se mueve en la suya.
        assert "bodega" in datos
    else:
        assert respuesta.status_code in (403, 404, 422)
        assert finca.mundo.foto() == antes
    assert finca.mundo.fisica(finca.producto) == saldo
