"""Direcciones y formularios escritos para romper: ninguna página se cae, nada se mueve a medias."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from herramientas.matriz import uno_de_cada
from inventario.cuentas.permisos import Rol
from inventario.idempotencia.models import RespuestaGuardada
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE, nueva_clave
from inventario.panel.tests.conftest import Navegador, entrar_en
from inventario.panel.tests.fronteras import CERRADAS, DIBUJAN, ENVIOS, RUTAS, Finca, enviar
from inventario.panel.tests.test_fronteras import cuerpo

# Es la base la que rechaza de su manera lo imposible: se prueba en la que más rechaza.
pytestmark = pytest.mark.postgresql

HOSTILES = [
    "\x00",
    "a\x00b",
    "x" * 10_000,
    "9" * 40,
    "9" * 5_000,
    "-1",
    "-99999999999999999999",
    "0",
    "NaN",
    "sNaN",
    "-Infinity",
    "1e999999",
    "1e-999999",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "٣",
    "٣" * 5_000,
    "²",
    "[]",
    '{"$gt": ""}',
    "' OR 1=1 --",
    "%_\\",
    "\r\nX-Otra: si",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% load x %}",
    "🦐" * 300,
    "\ufdd0\u202e",
]
# En cuántas pruebas se reparten las páginas.
TURNOS = 12
# Los que cada campo prueba por su cuenta, con lo demás bien escrito.
DE_CADA_CAMPO = ("a\x00b", "x" * 10_000, "9" * 40, "-1", "NaN", "2026-02-30", "<b>&'\"")
# Lo que leen las páginas sin que esté en un formulario que se vea.
DE_LA_DIRECCION = (
    *("cursor", "pagina", "siguiente", "prefijo", "lote", "producto", "bodega", "q", "dias", "pendientes"),
    *("orden", "tipo", "estado", "desde", "hasta", "fecha", "formato", "copias", "nombre", "sku", "cantidad"),
    *(
        "codigo_barras",
        "horas",
        "modulo",
        "lineas-0-producto",
        "lineas-0-fecha_vencimiento",
        "n",
        "horizonte",
    ),
    *("categoria", "existencia", "vence_desde", "vence_hasta", "dias_de_consumo", "inesperado"),
)
_NOMBRES = re.compile(r'<(?:input|select|textarea)\b[^>]*\bname="([^"]+)"')
# Rastros de las tripas, que a nadie de afuera le sirven para nada bueno.
TRIPAS = ("Traceback", "SELECT ", "psycopg", "sqlite3", "site-packages", "/inventario/", "Exception Value")


@pytest.fixture
def finca(granja: Mundo, settings: Any, tmp_path: Path) -> Finca:
    settings.MEDIA_ROOT = tmp_path
    finca = Finca.crear(granja)
    finca.exportar(granja.actor.usuario)
    return finca


def entera(respuesta: Any) -> None:
    """Contestó lo que sea menos un fallo, y sin contar cómo está hecho por dentro."""
    visto = cuerpo(respuesta)
    assert respuesta.status_code < 500
    if respuesta.status_code >= 400:
        assert not [rastro for rastro in TRIPAS if rastro in visto]


# ── Las direcciones ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("turno", range(TURNOS))
def test_ninguna_direccion_mal_escrita_tumba_una_pagina(
    finca: Finca, navegador: Navegador, turno: int
) -> None:
    """Las páginas se reparten en turnos: ninguna escribe, y un mundo sirve para varias."""
    antes = finca.mundo.foto()
    for lugar, nombre in enumerate(CERRADAS[turno::TURNOS], start=turno):
        ruta = finca.ruta(nombre).split("?")[0]
        respuesta = navegador.get(finca.ruta(nombre))
        html = cuerpo(respuesta) if respuesta.get("Content-Type", "").startswith("text/html") else ""
        parametros = sorted({*DE_LA_DIRECCION, *_NOMBRES.findall(html)})
        # Todos a la vez, y luego cada uno solo: el primero malo taparía a los demás. A cada página le toca
        # una parte de los valores; entre todas los prueban todos.
        for hostil in uno_de_cada(2, HOSTILES[lugar % 7 :: 7]):
            entera(navegador.get(ruta, dict.fromkeys(parametros, hostil)))
        for i, parametro in uno_de_cada(6, enumerate(parametros, start=lugar), desde=lugar):
            entera(navegador.get(ruta, {parametro: HOSTILES[i % len(HOSTILES)]}))
        repetidos = [par for uno in parametros for par in ((uno, "1"), (f"{uno}[]", "2"))]
        entera(navegador.get(f"{ruta}?{urlencode([*repetidos, *repetidos])}"))
        # Bytes que no son UTF-8, y un parámetro sin nombre.
        entera(navegador.get(f"{ruta}?q=%ff%fe%00&=%ED%A0%80&%00=1"))
    assert finca.mundo.foto() == antes


@pytest.mark.parametrize("hostil", ["0", "9" * 18, "9" * 40, "%00", "-1", "1.5", "٣", "..%2f", "x" * 3_000])
def test_un_identificador_imposible_es_que_no_existe(finca: Finca, navegador: Navegador, hostil: str) -> None:
    tramos = ("productos", "lotes", "asientos", "reservas", "reportes/exportaciones", "reportes")
    for tramo in tramos:
        respuesta = navegador.get(f"/{tramo}/{hostil}/")
        assert respuesta.status_code == 404
        entera(respuesta)
    assert navegador.post(f"/alertas/{hostil}/reconocer/", {CAMPO_DE_CLAVE: nueva_clave()}).status_code == 404


# ── Los formularios ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("nombre", sorted(ENVIOS))
def test_ningun_campo_mal_escrito_tumba_un_envio_ni_lo_deja_a_medias(
    finca: Finca, navegador: Navegador, nombre: str
) -> None:
    _ruta, muestra = ENVIOS[nombre](finca)
    for lugar, campo in enumerate([*muestra, "inesperado"]):
        for hostil in DE_CADA_CAMPO[lugar % 5 :: 5]:
            ruta, datos = ENVIOS[nombre](finca)
            antes = finca.mundo.foto()
            respuesta = enviar(navegador, (ruta, {**datos, campo: hostil}))
            entera(respuesta)
            if respuesta.status_code != 303:
                assert finca.mundo.foto() == antes, (campo, hostil[:30])


@pytest.mark.parametrize("nombre", sorted(ENVIOS))
def test_todo_mal_a_la_vez_repetido_o_vacio(finca: Finca, navegador: Navegador, nombre: str) -> None:
    ruta, datos = ENVIOS[nombre](finca)
    antes = finca.mundo.foto()
    for hostil in HOSTILES[sorted(ENVIOS).index(nombre) % 6 :: 6]:
        respuesta = enviar(navegador, (ruta, dict.fromkeys(datos, hostil)))
        entera(respuesta)
        if nombre in ("alertas_resumen", "producto_desactivar", "producto_reactivar", "producto_eliminar"):
            continue
        if respuesta.status_code != 303:
            assert finca.mundo.foto() == antes
        antes = finca.mundo.foto()
    ruta, datos = ENVIOS[nombre](finca)
    entera(enviar(navegador, (ruta, {campo: [valor, valor, "x"] for campo, valor in datos.items()})))
    entera(
        navegador.post(ruta, b"\xff\xfe\x00=\x00&%00=%00", content_type="application/x-www-form-urlencoded")
    )
    entera(navegador.post(ruta, b"no soy", content_type="multipart/form-data; boundary=x"))
    entera(navegador.post(ruta, b"no soy", content_type="multipart/form-data"))
    entera(navegador.post(ruta, b'{"a": 1}', content_type="application/json"))


def test_mas_campos_o_mas_bytes_de_los_que_caben_se_rechazan(finca: Finca, navegador: Navegador) -> None:
    ruta = reverse("panel:entrada")
    muchos = urlencode([(f"c{i}", "1") for i in range(5_000)])
    enormes = urlencode({"notas": "x" * 3_000_000})
    antes = finca.mundo.foto()
    for demasiado in (muchos, enormes):
        respuesta = navegador.post(ruta, demasiado, content_type="application/x-www-form-urlencoded")
        assert respuesta.status_code in (400, 413)
        entera(respuesta)
    assert navegador.get(f"/productos/?{muchos}").status_code == 400
    assert finca.mundo.foto() == antes


@pytest.mark.parametrize("cuantas", ["-1", "0", "61", "1000000000", "x", "", "1e3"])
@pytest.mark.parametrize("nombre", ["entrada", "despacho_multiple"])
def test_mentir_sobre_cuantas_lineas_vienen_no_sirve(
    finca: Finca, navegador: Navegador, nombre: str, cuantas: str
) -> None:
    ruta, datos = ENVIOS[nombre](finca)
    antes = finca.mundo.foto()
    respuesta = enviar(navegador, (ruta, {**datos, "lineas-TOTAL_FORMS": cuantas}))
    assert respuesta.status_code == 422
    assert finca.mundo.foto() == antes
    for campo in ("lineas-INITIAL_FORMS", "lineas-MIN_NUM_FORMS", "lineas-MAX_NUM_FORMS"):
        entera(enviar(navegador, (ruta, {**datos, campo: cuantas})))


@pytest.mark.parametrize("cantidad", ["0", "-1", "-0", "0,00001", "1e3", "100000000000", "1.000", "1,2,3"])
def test_una_cantidad_que_no_lo_es_no_mueve(finca: Finca, navegador: Navegador, cantidad: str) -> None:
    """`1e3` es de máquina y no de persona, pero vale mil y de eso hay quinientos: tampoco sale."""
    antes = finca.mundo.foto()
    for nombre, campo in (
        ("despacho", "cantidad"),
        ("despacho_multiple", "lineas-0-cantidad"),
        ("lote_salida", "cantidad"),
        ("lote_merma", "cantidad"),
        ("traslado", "cantidad"),
        ("reserva_nueva", "cantidad"),
    ):
        ruta, datos = ENVIOS[nombre](finca)
        assert enviar(navegador, (ruta, {**datos, campo: cantidad})).status_code == 422, nombre
    assert finca.mundo.foto() == antes


# ── La clave del formulario ─────────────────────────────────────────────────────────────────────

# Repetirlos da lo mismo que hacerlos una vez: van sin clave. Lo de la cuenta y la gente no mueve existencias.
SIN_CLAVE = {"alertas_revisar", "tema", "cerrar_sesion", "contrasena", "cuenta_nombre"}
SIN_CLAVE |= {"invitacion_reenviar", "invitacion_revocar", "persona", "persona_invitar"}
SIN_CLAVE |= {"segundo_factor", "segundo_factor_confirmar"}
MUEVEN = sorted(ENVIOS.keys() - DIBUJAN - SIN_CLAVE)


def test_sin_una_clave_que_valga_nada_se_mueve(finca: Finca, navegador: Navegador) -> None:
    for nombre in MUEVEN:
        ruta, datos = ENVIOS[nombre](finca)
        antes = finca.mundo.foto()
        for clave in (None, "", "x" * 129, "a\x00b", "\u202e", "una\nlinea"):
            respuesta = navegador.post(ruta, datos if clave is None else {**datos, CAMPO_DE_CLAVE: clave})
            assert respuesta.status_code == 422, (nombre, clave)
            entera(respuesta)
        assert finca.mundo.foto() == antes, nombre
    assert not RespuestaGuardada.objects.exists()


@pytest.mark.parametrize("nombre", MUEVEN)
def test_la_misma_clave_mueve_una_vez_y_con_otro_contenido_ninguna(
    finca: Finca, navegador: Navegador, nombre: str
) -> None:
    ruta, datos = ENVIOS[nombre](finca)
    clave = nueva_clave()
    primera = navegador.mover(ruta, datos, clave=clave)
    assert primera.status_code == 303
    hecho = finca.mundo.foto()
    repetida = navegador.mover(ruta, datos, clave=clave)
    assert (repetida.status_code, repetida["Location"]) == (303, primera["Location"])
    en_htmx = navegador.mover(ruta, datos, clave=clave, htmx=True)
    assert (en_htmx.status_code, en_htmx["HX-Redirect"]) == (200, primera["Location"])
    otra = navegador.mover(ruta, {**datos, "otro": "contenido"}, clave=clave)
    assert otra.status_code == 409
    entera(otra)
    assert finca.mundo.foto() == hecho


def test_la_clave_de_una_persona_no_es_la_de_otra(finca: Finca, navegador: Navegador) -> None:
    otra_persona = entrar_en(finca.mundo.empresa, Rol.OPERADOR)
    ruta, datos = ENVIOS["despacho"](finca)
    idas = [quien.mover(ruta, datos, clave="la-misma")["Location"] for quien in (navegador, otra_persona)]
    assert len(set(idas)) == 2
    assert finca.mundo.saldo(finca.lote) == cant(498)


def test_lo_que_se_rechazo_deja_libre_la_clave(finca: Finca, navegador: Navegador) -> None:
    ruta, datos = ENVIOS["despacho"](finca)
    assert navegador.mover(ruta, {**datos, "cantidad": "9999"}, clave="c").status_code == 422
    assert navegador.mover(ruta, datos, clave="c").status_code == 303
    assert Asiento.objects.filter(tipo="salida").count() == 1


# ── La página de error ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pedir", "estado", "texto"),
    [
        (lambda n, f: n.get("/no-existe/"), 404, "No existe"),
        (lambda n, f: n.get("/lotes/999999/"), 404, "Lote no encontrado"),
        (lambda n, f: n.get("/reportes/no-hay/"), 404, "No existe ese reporte"),
        (lambda n, f: n.post("/despachos/nuevo/", {}), 422, "Abra de nuevo el formulario"),
        (lambda n, f: n.get("/", headers={"host": "otra.casa"}), 400, ""),
    ],
)
def test_un_error_se_dice_en_espanol_y_sin_tripas(
    finca: Finca, navegador: Navegador, pedir: Any, estado: int, texto: str
) -> None:
    respuesta = pedir(navegador, finca)
    visto = cuerpo(respuesta)
    assert respuesta.status_code == estado
    assert texto in visto
    assert '<html lang="es"' in visto
    assert not [rastro for rastro in TRIPAS if rastro in visto]


def test_un_fallo_de_la_casa_no_cuenta_como_esta_hecha(
    finca: Finca, navegador: Navegador, monkeypatch: pytest.MonkeyPatch
) -> None:
    def romper(*_a: Any, **_k: Any) -> None:
        raise RuntimeError("SELECT secreto FROM tabla -- /srv/inventario/secreto.py")

    monkeypatch.setattr("inventario.panel.lotes.views.tramo", romper)
    navegador.raise_request_exception = False
    respuesta = navegador.get("/lotes/")
    visto = cuerpo(respuesta)
    assert respuesta.status_code == 500
    assert "secreto" not in visto
    assert '<html lang="es"' in visto


# A estas se llega con un secreto de un solo uso, escrito por quien sea.
CON_SECRETO: dict[str, tuple[str, ...]] = {
    "codigo": (),
    "invitacion": ("token",),
    "restablecer": (),
    "restablecer_enlace": ("codigo",),
}


@pytest.mark.django_db
@pytest.mark.parametrize("nombre", CON_SECRETO)
def test_a_donde_se_llega_con_un_secreto_tampoco_se_cae(nombre: str) -> None:
    cliente = Client()
    for hostil in HOSTILES:
        with contextlib.suppress(NoReverseMatch):
            valores = dict.fromkeys(CON_SECRETO[nombre], hostil[:500])
            ruta = reverse(f"panel:{nombre}", kwargs=valores)
            assert cliente.get(ruta).status_code < 500, hostil
            datos = dict.fromkeys(("codigo", "nombre", "contrasena", "repetida", "nueva"), hostil)
            assert cliente.post(ruta, datos).status_code < 500, hostil


def test_ninguna_ruta_quedo_sin_probar() -> None:
    assert set(CERRADAS) | {"entrar", "olvido", "salir", *CON_SECRETO} == set(RUTAS)
