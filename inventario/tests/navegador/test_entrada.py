"""Recibir desde el navegador: con el lector, a mano, mal escrito, sin JavaScript y con la cámara."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from inventario.lotes.models import Lote
from inventario.tests.navegador.conftest import GTIN, Abrir, Granja, en_dias
from inventario.tests.navegador.gestos import apretar, campo, en_recibo, ir, teclear_lectura
from inventario.tests.navegador.pantallas import DOS, ESCRITORIO, TELEFONO, Pantalla, Vigia, se_ve_bien


def leer(pagina: Page, *tramos: str) -> None:
    pagina.get_by_label("Leer un código de barras", exact=True).focus()
    teclear_lectura(pagina, *tramos)


def ultimo(granja: Granja) -> Lote:
    with granja.libros():
        lote: Lote = Lote.objects.latest("pk")
        return lote


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_un_codigo_gs1_llena_la_linea(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/entradas/nueva/")
    leer(pagina, f"]C1010{GTIN}17{en_dias(200):%y%m%d}10L-77", "3101000125")
    linea = pagina.get_by_role("group", name="Línea 1")
    expect(campo(linea, "Producto")).to_have_value("Alimento de engorde (ALIM-35)")
    expect(campo(linea, "Código de lote")).to_have_value("L-77")
    expect(campo(linea, "Vence el")).to_have_value(en_dias(200).isoformat())
    expect(campo(linea, "Cantidad")).to_have_value("12,5")
    # Otra caja del mismo lote se suma; un código que nadie tiene se ofrece para crearlo.
    leer(pagina, f"]C1010{GTIN}17{en_dias(200):%y%m%d}10L-77", "3101000125")
    expect(campo(linea, "Cantidad")).to_have_value("25")
    leer(pagina, "7861234500031")
    expect(pagina.get_by_text("Ningún producto tiene el código 7861234500031.")).to_be_visible()
    expect(pagina.get_by_role("link", name="Crear el producto con este código")).to_be_visible()
    se_ve_bien(pagina)
    campo(linea, "Costo unitario").fill("1,75")
    apretar(pagina, "Registrar la entrada")
    en_recibo(pagina)
    lote = ultimo(granja)
    assert (lote.codigo, lote.vence_el, lote.saldo, lote.costo_unitario) == ("L-77", en_dias(200), 25, 1.75)
    # Las etiquetas salen en un PDF.
    pagina.get_by_role("link", name="Etiquetas").click()
    apretar_y_bajar(pagina)


def test_leer_seguido_no_pierde_ninguno(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    pagina = abrir(ESCRITORIO, "/entradas/nueva/")
    vigia.esperados.add(503)
    retenidas: list[Route] = []
    pagina.route("**/entradas/leer-codigo", lambda retenida: retenidas.append(retenida))
    uno, dos = (f"]C1010{GTIN}10L-{n}" for n in (1, 2))
    leer(pagina, uno)
    leer(pagina, dos)
    pagina.keyboard.type("RED")
    # Con lecturas por llegar, guardar no las deja fuera.
    pagina.get_by_role("button", name="Registrar la entrada", exact=True).click(force=True)
    pagina.wait_for_timeout(200)
    assert len(retenidas) == 1
    with pagina.expect_request("**/entradas/leer-codigo"):
        retenidas.pop().continue_()
    casilla = pagina.get_by_label("Leer un código de barras", exact=True)
    expect(casilla).to_have_value("RED")
    # La segunda falla: sale con la siguiente.
    retenidas.pop().fulfill(status=503)
    expect(pagina.get_by_text("El servidor no pudo responder")).to_be_visible()
    pagina.unroute("**/entradas/leer-codigo")
    casilla.focus()
    pagina.keyboard.type("-01")
    pagina.keyboard.press("Enter")
    codigos = [campo(pagina.get_by_role("group", name=f"Línea {n}"), "Código de lote") for n in (1, 2, 3)]
    for lugar, esperado in zip(codigos, ("L-1", "L-2", ""), strict=True):
        expect(lugar).to_have_value(esperado)
    expect(campo(pagina.get_by_role("group", name="Línea 3"), "Producto")).to_have_value(
        "Red de mano (RED-01)"
    )
    expect(casilla).to_have_value("")


def apretar_y_bajar(pagina: Page) -> None:
    """El formulario abre el PDF en otra pestaña: se pide lo mismo y se mira que lo sea."""
    formulario = pagina.locator("form", has=pagina.get_by_role("button", name="Ver para imprimir"))
    campo(formulario, "Copias de cada una").fill("2")
    destino = formulario.evaluate("(uno) => `${uno.action}?${new URLSearchParams(new FormData(uno))}`")
    respuesta = pagina.request.get(destino)
    assert (respuesta.status, respuesta.headers["content-type"]) == (200, "application/pdf")
    assert respuesta.body().startswith(b"%PDF-")


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_lo_mal_escrito_se_dice_en_su_campo(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, f"/entradas/nueva/?producto={granja.alimento.pk}")
    linea = pagina.get_by_role("group", name="Línea 1")
    campo(linea, "Cantidad").fill("doce")
    antes = granja.asientos()
    apretar(pagina, "Registrar la entrada")
    expect(pagina.locator("#id_lineas-0-cantidad_error")).to_be_visible()
    expect(pagina.locator("#id_lineas-0-fecha_vencimiento_error")).to_contain_text("Sin vencimiento")
    expect(campo(linea, "Cantidad")).to_have_value("doce")
    expect(campo(linea, "Cantidad")).to_be_focused()
    se_ve_bien(pagina)
    assert granja.asientos() == antes
    # Vence antes de lo que ya hay: se avisa mientras se escribe, y guardar vale.
    campo(linea, "Cantidad").fill("12")
    campo(linea, "Vence el").fill(en_dias(5).isoformat())
    expect(linea.get_by_role("status").first).to_be_visible()
    se_ve_bien(pagina)
    # Otra línea, de algo que no vence; y una que se quita.
    apretar(pagina, "Agregar línea")
    segunda = pagina.get_by_role("group", name="Línea 2")
    campo(segunda, "Producto").fill("RED-01")
    campo(segunda, "Cantidad").fill("4")
    segunda.get_by_label("Sin vencimiento").check()
    apretar(pagina, "Agregar línea")
    apretar(pagina.get_by_role("group", name="Línea 3"), "Quitar")
    pagina.get_by_role("button", name="Registrar la entrada", exact=True).dblclick()
    recibo = en_recibo(pagina)
    pagina.reload()
    assert pagina.url == recibo
    assert granja.asientos() == antes + 1
    assert (granja.fisica(granja.alimento), granja.fisica(granja.red)) == (58, 4)


def test_con_enter_se_ve_que_se_esta_guardando(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, f"/entradas/nueva/?producto={granja.alimento.pk}")
    retenidas: list[Route] = []
    pagina.route("**/entradas/nueva/", lambda retenida: retenidas.append(retenida))
    linea = pagina.get_by_role("group", name="Línea 1")
    campo(linea, "Cantidad").fill("6")
    linea.get_by_label("Sin vencimiento").check()
    with pagina.expect_request("**/entradas/nueva/"):
        campo(linea, "Cantidad").press("Enter")
    moviendose = pagina.locator("#entrada .btn.btn-loading")
    expect(moviendose).to_have_text("Registrar la entrada")
    retenidas.pop().continue_()
    en_recibo(pagina)


def test_sin_javascript_se_recibe(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    vigia.esperados.add(422)
    pagina = abrir(TELEFONO, con_js=False)
    ir(pagina, "/entradas/nueva/", con_js=False)
    pagina.get_by_label("Leer un código de barras", exact=True).fill(f"]C1010{GTIN}10L-9")
    apretar(pagina, "Leer")
    linea = pagina.get_by_role("group", name="Línea 1")
    expect(campo(linea, "Código de lote")).to_have_value("L-9")
    campo(linea, "Cantidad").fill("6")
    apretar(pagina, "Registrar la entrada")
    expect(pagina.locator("#id_lineas-0-fecha_vencimiento_error")).to_be_visible()
    linea.get_by_label("Sin vencimiento").check()
    antes = granja.asientos()
    apretar(pagina, "Registrar la entrada")
    pagina.wait_for_url("**/asientos/*/")
    pagina.reload()
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 52)
    assert (ultimo(granja).codigo, ultimo(granja).vence_el) == ("L-9", None)


def test_sin_camara_se_dice_y_escape_la_cierra(abrir: Abrir) -> None:
    pagina = abrir(TELEFONO, "/entradas/nueva/")
    apretar(pagina, "Leer con la cámara")
    camara = pagina.get_by_role("dialog", name="Leer con la cámara")
    expect(camara).to_contain_text("No se pudo usar la cámara")
    se_ve_bien(pagina)
    pagina.keyboard.press("Escape")
    expect(camara).to_be_hidden()
