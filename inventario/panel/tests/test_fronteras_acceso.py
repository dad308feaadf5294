"""Entrar, salir, volver a donde se iba y lo que se escribe con mala intención."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ajustes
from django.core.cache import cache
from django.test import Client
from openpyxl import load_workbook

from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.movimientos.tests.mundo import HOY, Mundo
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE, nueva_clave
from inventario.panel.tests.conftest import HTMX, Navegador
from inventario.panel.tests.fronteras import CERRADAS, ENVIOS, Finca, enviar
from inventario.panel.tests.test_fronteras import cuerpo

AFUERA = [
    "https://malo.ec/",
    "//malo.ec/",
    "///malo.ec/",
    "/\\malo.ec/",
    "\\\\malo.ec",
    "https:malo.ec",
    "javascript:alert(1)",
    "data:text/html,x",
    " //malo.ec",
    "\t//malo.ec",
    "/\t/malo.ec",
    "http://testserver@malo.ec/",
    "//malo.ec%2f..",
    "\x00//malo.ec",
    "/productos/\r\nX-Otra: si",
]
CONTRASENA = "clave-de-prueba"


@pytest.fixture
def persona(granja: Mundo, navegador: Navegador) -> Usuario:
    return Usuario.objects.get(pk=navegador.session["_auth_user_id"])


def entrar_con(cliente: Client, usuario: str, contrasena: str, consulta: str = "", **otros: Any) -> Any:
    return cliente.post(f"/entrar/{consulta}", {"username": usuario, "password": contrasena, **otros})


def lleva_afuera(respuesta: Any) -> bool:
    destino = respuesta.get("Location") or respuesta.get("HX-Redirect") or "/"
    return not re.match(r"/(?![/\\])", destino) or "malo" in destino.split("?")[0].split("/")[1]


# ── A dónde lleva ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("afuera", AFUERA)
def test_despues_de_entrar_no_se_lleva_a_otra_casa(persona: Usuario, afuera: str) -> None:
    respuesta = entrar_con(Client(), persona.email, CONTRASENA, next=afuera)
    assert respuesta.status_code == 302
    assert not lleva_afuera(respuesta)


@pytest.mark.parametrize("afuera", AFUERA)
@pytest.mark.parametrize("nombre", ["producto_nuevo", "producto_editar", "producto_desactivar"])
def test_despues_de_guardar_tampoco(granja: Mundo, navegador: Navegador, nombre: str, afuera: str) -> None:
    finca = Finca.crear(granja)
    for cabeceras in (None, HTMX):
        ruta, datos = ENVIOS[nombre](finca)
        respuesta = enviar(navegador, (ruta, {**datos, "siguiente": afuera}), headers=cabeceras)
        assert respuesta.status_code == (303 if cabeceras is None else 200)
        assert not lleva_afuera(respuesta)
        assert "X-Otra" not in respuesta


@pytest.mark.parametrize("afuera", AFUERA)
def test_cambiar_de_empresa_o_de_idioma_tampoco(granja: Mundo, navegador: Navegador, afuera: str) -> None:
    datos = {"empresa": granja.empresa.pk, "siguiente": afuera}
    assert not lleva_afuera(navegador.post("/cuenta/empresa/", datos))
    de_idioma = navegador.post("/idioma/", {"language": "en", "next": afuera})
    assert not lleva_afuera(de_idioma)
    assert navegador.post("/cuenta/empresa/", {"empresa": "999999"}).status_code == 404


# ── Entrar y salir ──────────────────────────────────────────────────────────────────────────────


def test_al_entrar_la_sesion_es_otra(persona: Usuario) -> None:
    cliente = Client()
    cliente.get("/entrar/")
    sesion = cliente.session
    sesion["algo"] = "puesto por otro"
    sesion.save()
    cliente.cookies[ajustes.SESSION_COOKIE_NAME] = str(sesion.session_key)
    assert entrar_con(cliente, persona.email, CONTRASENA).status_code == 302
    assert cliente.cookies[ajustes.SESSION_COOKIE_NAME].value != str(sesion.session_key)
    ajeno = Client()
    ajeno.cookies[ajustes.SESSION_COOKIE_NAME] = str(sesion.session_key)
    assert ajeno.get("/").status_code == 302


def test_salir_es_un_envio_y_mata_la_sesion(persona: Usuario) -> None:
    cliente = Client()
    entrar_con(cliente, persona.email, CONTRASENA)
    robada = cliente.cookies[ajustes.SESSION_COOKIE_NAME].value
    assert cliente.get("/salir/").status_code == 405
    assert cliente.get("/").status_code == 200
    assert cliente.post("/salir/")["Location"] == "/entrar/"
    otro = Client()
    otro.cookies[ajustes.SESSION_COOKIE_NAME] = robada
    assert otro.get("/").status_code == 302


def test_con_la_sesion_vencida_un_pedazo_lleva_a_entrar_y_de_vuelta_a_la_pagina() -> None:
    pedazo = Client().get(
        "/lotes/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/lotes/?estado=vencido"},
    )
    # Sin esto htmx seguiría la redirección y pondría la página de acceso dentro de la tabla.
    assert (pedazo.status_code, pedazo.content) == (200, b"")
    assert pedazo["HX-Redirect"] == "/entrar/?next=/lotes/%3Festado%3Dvencido"
    ajena = Client().get("/lotes/", headers={"HX-Request": "true", "HX-Current-URL": "https://otra.test//x"})
    assert ajena["HX-Redirect"].startswith("/entrar/?next=")
    entera = Client().get("/lotes/?estado=vencido")
    assert (entera.status_code, entera["Location"]) == (302, "/entrar/?next=/lotes/%3Festado%3Dvencido")


def test_lo_que_solo_se_envia_dice_que_hacer_a_quien_lo_abre(persona: Usuario) -> None:
    cliente = Client()
    entrar_con(cliente, persona.email, CONTRASENA)
    abierta = cliente.get("/entradas/nueva/lineas/")
    assert (abierta.status_code, abierta["Allow"]) == (405, "POST")
    assert "Ábralo otra vez desde el menú" in abierta.content.decode()
    de_tema = cliente.get("/tema/")
    assert (de_tema.status_code, de_tema["Location"]) == (303, "/")


def test_entrar_y_salir_exigen_la_marca_de_la_pagina(persona: Usuario) -> None:
    ajeno = Client(enforce_csrf_checks=True)
    assert entrar_con(ajeno, persona.email, CONTRASENA).status_code == 403
    ajeno.force_login(persona)
    assert ajeno.post("/salir/").status_code == 403
    assert ajeno.get("/").status_code == 200


def test_tras_muchos_intentos_la_pagina_se_cierra_tambien_para_la_buena(
    persona: Usuario, settings: Any
) -> None:
    settings.AXES_ENABLED = True
    cache.clear()
    cliente = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        fallo = entrar_con(cliente, persona.email.upper(), "no es")
    assert fallo.status_code == 429
    buena = entrar_con(cliente, persona.email, CONTRASENA)
    assert buena.status_code == 429
    assert cliente.get("/").status_code == 302


@pytest.mark.parametrize("mala", ["a\x00b@x.ec", "x" * 10_000, "", "' OR 1=1 --", "é@x.ec", "٣"])
def test_nada_de_lo_que_se_escriba_para_entrar_tumba_la_pagina(
    persona: Usuario, settings: Any, mala: str
) -> None:
    settings.AXES_ENABLED = True
    cache.clear()
    cliente = Client()
    for consulta in ("", "?next=%00", "?next=" + "x" * 5_000, "?%00=%00"):
        for usuario, contrasena in ((mala, "x"), (persona.email, mala or "x"), (mala, mala)):
            respuesta = entrar_con(cliente, usuario, contrasena, consulta)
            assert respuesta.status_code in (200, 400, 429)
    assert cliente.post("/olvido/", {"correo": mala}).status_code == 200


@pytest.mark.parametrize(
    "sesion", ['"\\000\\000abcdefgh"', "a" * 5_000, "' OR 1=1 --", '"\\377\\376abcdefgh"']
)
def test_una_galleta_inventada_es_no_haber_entrado(granja: Mundo, sesion: str) -> None:
    crudas = "; ".join(
        f"{nombre}={sesion}" for nombre in (ajustes.SESSION_COOKIE_NAME, "tema", "messages", "csrftoken")
    )
    respuesta = Client().get("/", headers={"cookie": f"{crudas}; {ajustes.LANGUAGE_COOKIE_NAME}={sesion}"})
    assert respuesta.status_code == 302
    assert respuesta["Location"] == "/entrar/?next=/"


def test_las_galletas_no_se_leen_desde_un_guion_ni_viajan_de_otro_sitio(persona: Usuario) -> None:
    cliente = Client()
    cliente.get("/entrar/")
    entrar_con(cliente, persona.email, CONTRASENA)
    cliente.post("/idioma/", {"language": "en", "next": "/"})
    sesion = cliente.cookies[ajustes.SESSION_COOKIE_NAME]
    assert (bool(sesion["httponly"]), sesion["samesite"]) == (True, "Lax")
    for nombre in (ajustes.CSRF_COOKIE_NAME, ajustes.LANGUAGE_COOKIE_NAME):
        assert cliente.cookies[nombre]["samesite"] == "Lax"
    # Con HTTPS las tres van solo por él.
    assert ajustes.SESSION_COOKIE_SECURE == ajustes.CSRF_COOKIE_SECURE == ajustes.HTTPS
    assert ajustes.LANGUAGE_COOKIE_SECURE == ajustes.HTTPS


# ── Lo que se escribe se muestra, no se ejecuta ─────────────────────────────────────────────────

MALO = "\"'><img src=x onerror=alert(7)></script><!--"


def test_un_nombre_con_etiquetas_se_lee_tal_cual_en_todas_partes(
    granja: Mundo, navegador: Navegador, persona: Usuario, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    finca = Finca.crear(granja, nombre=MALO)
    finca.exportar(persona)
    finca.mundo.bloquear(finca.mundo.entrada(finca.producto, 1, codigo=f"B{MALO}"), motivo=MALO)
    for nombre, campo in (("despacho", "notas"), ("lote_salida", "modulo"), ("reserva_nueva", "notas")):
        ruta, datos = ENVIOS[nombre](finca)
        assert enviar(navegador, (ruta, {**datos, campo: MALO})).status_code == 303
    for nombre in CERRADAS:
        for cabeceras in (None, HTMX):
            respuesta = navegador.get(finca.ruta(nombre), headers=cabeceras)
            if respuesta.get("Content-Type", "").startswith("text/html"):
                html = cuerpo(respuesta)
                assert "<img src=x" not in html, nombre
                assert "</script><!--" not in html, nombre
                assert "onerror=alert(7)>" not in html, nombre
    for ruta in (f"/buscar/?q={MALO}", f"/trazabilidad/?q={MALO}", f"/lotes/?q={MALO}"):
        assert "<img src=x" not in cuerpo(navegador.get(ruta))
    # El rechazo también repite lo que se escribió.
    for nombre, (ruta, datos) in ((nombre, ENVIOS[nombre](finca)) for nombre in sorted(ENVIOS)):
        rechazo = navegador.post(ruta, {CAMPO_DE_CLAVE: nueva_clave(), **dict.fromkeys(datos, MALO)})
        if rechazo.get("Content-Type", "").startswith("text/html"):
            assert "<img src=x" not in cuerpo(rechazo), nombre


def test_la_lista_de_productos_sale_como_datos(granja: Mundo, navegador: Navegador) -> None:
    """Lo que el buscador de los campos pone en la página, su guion lo escapa; aquí llega sin interpretar."""
    granja.producto("M-1", nombre=f"Malo {MALO}")
    respuesta = navegador.get("/buscar/productos", {"q": "Malo"})
    assert respuesta["Content-Type"] == "application/json"
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert json.loads(respuesta.content)["resultados"][0]["text"] == f"Malo {MALO} (M-1)"
    guion = (ajustes.BASE_DIR / "static" / "js" / "elegir.js").read_text()
    assert set(re.findall(r"\$\{([a-z]*)\(?dato\.", guion)) == {"escapar"}


FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1")


@pytest.mark.parametrize("formula", FORMULAS)
def test_ningun_archivo_lleva_una_formula_escrita_por_alguien(
    granja: Mundo, navegador: Navegador, formula: str
) -> None:
    producto = granja.producto(f"S{formula}"[:20], nombre=formula)
    lote = granja.entrada(producto, 5, vence=HOY + timedelta(days=3), codigo=formula.strip())
    for ruta in (
        "/productos/productos.csv",
        "/movimientos/movimientos.csv",
        f"/trazabilidad/trazabilidad.csv?lote={lote.pk}",
        "/reportes/movimientos-por-rango-fecha/archivo.csv",
    ):
        respuesta = navegador.get(ruta)
        assert respuesta["Content-Disposition"].startswith("attachment")
        filas = [linea.split(";") for linea in cuerpo(respuesta).lstrip("\ufeff").split("\r\n")[1:]]
        celdas = [celda.strip('"') for fila in filas for celda in fila]
        assert not [c for c in celdas if re.match(r"[=+@\t\r]|-[^0-9]|-2\+", c)], ruta
    hoja = cuerpo_de_hoja(navegador.get("/reportes/movimientos-por-rango-fecha/archivo.xlsx"))
    assert not [celda for fila in hoja for celda in fila if celda.data_type == "f"]


def cuerpo_de_hoja(respuesta: Any) -> list[Any]:
    libro = load_workbook(io.BytesIO(b"".join(respuesta.streaming_content)))
    return [fila for hoja in libro.worksheets for fila in hoja.iter_rows()]


def test_una_etiqueta_con_un_nombre_hostil_sale_igual(granja: Mundo, navegador: Navegador) -> None:
    for malo in (MALO, ") Tj ET (", "\\", "%PDF", "🦐" * 50, "x" * 90):
        producto = granja.producto(malo[:40], nombre=malo)
        lote = granja.entrada(producto, 1, codigo=malo[:90])
        respuesta = navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf")
        assert respuesta.status_code == 200
        assert respuesta.content.startswith(b"%PDF-")
        assert b"/JavaScript" not in respuesta.content


def test_quien_dejo_de_ser_miembro_pierde_la_pagina_en_el_acto(granja: Mundo, operador: Navegador) -> None:
    assert operador.get("/").status_code == 200
    usuario = Usuario.objects.get(pk=operador.session["_auth_user_id"])
    membresia = usuario.membresias.get()
    membresia.rol = Rol.AUDITOR
    membresia.save()
    assert operador.get("/despachos/nuevo/").status_code == 403
    membresia.activa = False
    membresia.save()
    assert operador.get("/productos/").status_code == 403
    usuario.is_active = False
    usuario.save()
    assert operador.get("/").status_code == 302


@pytest.mark.django_db
def test_sin_sesion_una_direccion_mal_escrita_por_htmx_tambien_lleva_a_entrar() -> None:
    cabeceras = {"HX-Request": "true", "HX-Current-URL": "http://[x"}
    respuesta = Client().get("/cuenta/", headers=cabeceras)
    assert respuesta["HX-Redirect"].startswith("/entrar/")
