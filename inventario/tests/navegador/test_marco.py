"""Lo de todas las páginas: entrar, buscar con «/», el teclado, el menú y lo que no se puede ver."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.tests.navegador.conftest import CLAVE, CORREO, Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, ir, opciones
from inventario.tests.navegador.pantallas import DOS, ESCRITORIO, TELEFONO, Pantalla, se_ve_bien


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_entrar_y_salir(abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/lotes/", quien=None)
    campo(pagina, "Correo electrónico").fill(CORREO)
    campo(pagina, "Contraseña").fill("otra")
    apretar(pagina, "Entrar")
    expect(pagina.get_by_role("alert")).to_be_visible()
    expect(campo(pagina, "Correo electrónico")).to_have_value(CORREO)
    se_ve_bien(pagina)
    campo(pagina, "Contraseña").fill(CLAVE)
    apretar(pagina, "Entrar")
    expect(pagina.get_by_role("heading", name="Lotes", exact=True)).to_be_visible()
    if pantalla is TELEFONO:
        apretar(pagina, "Abrir el menú")
        expect(pagina.get_by_role("button", name="Salir")).to_be_visible()
        se_ve_bien(pagina)
    apretar(pagina, "Salir")
    pagina.wait_for_url("**/entrar/")
    ir(pagina, "/lotes/")
    assert "/entrar/" in pagina.url


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_la_barra_lleva_al_buscador(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/reportes/")
    pagina.keyboard.press("/")
    buscador = pagina.get_by_label("Buscar producto, lote o código de barras")
    expect(buscador).to_be_focused()
    expect(buscador).to_have_value("")
    pagina.keyboard.type("zzzz")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("No hay nada con ese texto")).to_be_visible()
    pagina.keyboard.press("/")
    expect(buscador).to_be_focused()
    pagina.keyboard.type("pron")
    pagina.keyboard.press("Enter")
    pagina.locator("main").get_by_role("link", name="PRONTO").click()
    pagina.wait_for_url(f"**/lotes/{granja.pronto.pk}/")
    if pantalla is TELEFONO:
        menu = pagina.get_by_role("button", name="Abrir el menú")
        pagina.keyboard.press("/")
        expect(menu).to_have_attribute("aria-expanded", "true")
        pagina.keyboard.press("Escape")
        expect(buscador).to_be_hidden()
        expect(menu).to_be_focused()
        menu.click()
        expect(buscador).to_be_visible()
    # Dentro de un campo, «/» es una barra.
    ir(pagina, "/buscar/")
    de_la_pagina = pagina.get_by_label("SKU, nombre, código de barras o código de lote")
    de_la_pagina.press_sequentially("a/b")
    expect(de_la_pagina).to_have_value("a/b")


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_saltar_al_contenido(abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/reportes/")
    pagina.keyboard.press("Tab")
    saltar = pagina.get_by_role("link", name="Saltar al contenido")
    expect(saltar).to_be_focused()
    expect(saltar).to_be_in_viewport()
    pagina.keyboard.press("Enter")
    pagina.keyboard.press("Tab")
    en_el_contenido = "() => document.getElementById('contenido').contains(document.activeElement)"
    assert pagina.evaluate(en_el_contenido)


def con_foco(pagina: Page, cual: str) -> None:
    """Espera a que el teclado esté en ese elemento."""
    pagina.wait_for_function("(cual) => document.activeElement.matches(cual)", arg=cual)


def test_el_producto_se_elige_sin_raton(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, "/despachos/nuevo/")
    pagina.locator("input").and_(pagina.get_by_label("Producto", exact=True)).focus()
    pagina.keyboard.type("alim")
    expect(opciones(pagina, "Alimento de engorde")).to_be_visible()
    pagina.keyboard.press("Escape")
    expect(opciones(pagina, "Alimento de engorde")).to_be_hidden()
    pagina.keyboard.press("ArrowDown")
    expect(opciones(pagina, "Alimento de engorde")).to_be_visible()
    pagina.keyboard.press("Enter")
    pagina.keyboard.press("Tab")
    con_foco(pagina, "[name=cantidad]")


def test_el_orden_de_tab_es_el_de_la_vista(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, f"/despachos/nuevo/?producto={granja.alimento.pk}&cantidad=3")
    campo(pagina, "Cantidad").focus()
    for siguiente in ("[name=motivo]", ".mas > summary", "button.btn-primary"):
        pagina.keyboard.press("Tab")
        con_foco(pagina, siguiente)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/asientos/*/")
    assert granja.fisica(granja.alimento) == 43


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_inicio_lleva_a_lo_que_hay_que_atender(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/")
    principal = pagina.locator("main")
    expect(principal).to_contain_text("VIEJO")
    expect(principal).to_contain_text("Vitamina C")
    principal.get_by_role("link").filter(has_text="VIEJO").first.click()
    expect(pagina.get_by_role("heading", name="Lote VIEJO")).to_be_visible()
    # Sin la causa, se va de la lista de lo que hay que atender.
    with granja.libros() as mundo:
        services.registrar_merma(
            actor=mundo.actor,
            lote=granja.vencido,
            cantidad=Decimal(5),
            glosa=Glosa(motivo=Motivo.VENCIMIENTO),
        )
    ir(pagina, "/")
    expect(principal.get_by_text("Vitamina C").first).to_be_visible()
    expect(principal.get_by_role("link").filter(has_text="VIEJO")).to_have_count(0)


def test_cambiar_de_idioma(abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, "/lotes/")
    apretar(pagina, "English")
    expect(pagina.get_by_role("heading", name="Lots", exact=True)).to_be_visible()
    assert pagina.evaluate("document.documentElement.lang") == "en"
    apretar(pagina, "Español")
    expect(pagina.get_by_role("heading", name="Lotes", exact=True)).to_be_visible()
