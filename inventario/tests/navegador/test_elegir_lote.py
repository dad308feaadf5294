"""Elegir un lote desde el navegador: escribiendo, con el lector, con el teclado y sin JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from inventario.movimientos import services
from inventario.tests.navegador.conftest import GTIN, Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, en_recibo, ir, teclear_lectura
from inventario.tests.navegador.pantallas import DOS, ESCRITORIO, TELEFONO, Pantalla, Vigia, se_ve_bien

ELEGIR = "/salidas/nueva/"
CASILLA = "Lote o producto"
LEER_AL_LLEGAR = """(leido) => document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
  const casilla = document.getElementById("id_q");
  casilla.value = leido;
  casilla.dispatchEvent(new Event("input", { bubbles: true }));
  casilla.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
}), { once: true })"""


def leer(pagina: Page, *tramos: str) -> None:
    """El lector escribe donde está el cursor, que la página pone en su casilla al llegar."""
    expect(campo(pagina, CASILLA)).to_be_focused()
    teclear_lectura(pagina, *tramos)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_se_busca_un_lote_y_se_saca_de_el(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/")
    antes = granja.asientos()
    pagina.locator(".page-header").get_by_role("link", name="Salida por lote").click()
    pagina.wait_for_url(f"**{ELEGIR}")
    tabla = pagina.locator("#tabla")
    expect(campo(pagina, CASILLA)).to_be_focused()
    expect(tabla).to_contain_text("VIEJO")
    campo(pagina, CASILLA).press_sequentially("alim-35")
    expect(tabla).not_to_contain_text("VIEJO")
    expect(tabla).to_contain_text("PRONTO")
    # Quien recarga o vuelve encuentra lo que buscó.
    expect(pagina).to_have_url(f"{pagina.url.split('?')[0]}?q=alim-35")
    se_ve_bien(pagina)
    tabla.get_by_role("link", name="Salida: lote TARDE").click()
    pagina.wait_for_url(f"**/lotes/{granja.tarde.pk}/salida/")
    campo(pagina, "Cantidad").fill("2,5")
    apretar(pagina, "Registrar la salida")
    en_recibo(pagina)
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 43.5)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_lo_que_no_esta_y_lo_que_no_puede_salir(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    with granja.libros() as mundo:
        services.bloquear_lote(actor=mundo.actor, lote=granja.tarde, motivo="Huele mal")
    pagina = abrir(pantalla, ELEGIR)
    tabla = pagina.locator("#tabla")
    campo(pagina, CASILLA).fill("zzzz")
    expect(tabla).to_contain_text("Ningún lote con saldo dice eso")
    se_ve_bien(pagina)
    campo(pagina, CASILLA).fill("TARDE")
    expect(tabla).to_contain_text("Bloqueado")
    expect(tabla).to_contain_text("de 40")
    expect(tabla.get_by_role("link", name="Salida: lote TARDE")).to_have_count(0)
    se_ve_bien(pagina)
    tabla.get_by_role("link", name="Merma: lote TARDE").click()
    pagina.wait_for_url(f"**/lotes/{granja.tarde.pk}/merma/")
    # Sin conexión se dice, y lo escrito y la lista se quedan.
    ir(pagina, ELEGIR)
    vigia.esperados.add(503)
    pagina.route(f"**{ELEGIR}?**", lambda ruta: ruta.fulfill(status=503))
    campo(pagina, CASILLA).press_sequentially("PRONTO")
    expect(pagina.get_by_text("El servidor no pudo responder").first).to_be_visible()
    expect(campo(pagina, CASILLA)).to_have_value("PRONTO")
    expect(tabla).to_contain_text("VIEJO")


def test_se_recorre_con_las_flechas_y_se_elige_con_enter(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, ELEGIR)
    casilla = campo(pagina, CASILLA)
    casilla.press_sequentially("alim")
    expect(pagina.locator("#tabla tbody tr")).to_have_count(2)
    casilla.press("ArrowDown")
    expect(pagina.get_by_role("link", name="Salida: lote PRONTO")).to_be_focused()
    pagina.keyboard.press("ArrowUp")
    expect(casilla).to_be_focused()
    # Con dos a la vista «Enter» no adivina: lleva al primero.
    casilla.press("Enter")
    expect(pagina.get_by_role("link", name="Salida: lote PRONTO")).to_be_focused()
    pagina.keyboard.press("ArrowDown")
    pagina.keyboard.press("ArrowDown")
    expect(pagina.get_by_role("link", name="Salida: lote TARDE")).to_be_focused()
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(f"**/lotes/{granja.tarde.pk}/salida/")


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_un_lector_lleva_derecho_al_lote(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, ELEGIR)
    # Teclea de corrido y da «Enter» antes de que conteste nadie.
    leer(pagina, f"]C1010{GTIN}310100012510PRONTO")
    pagina.wait_for_url(f"**/lotes/{granja.pronto.pk}/salida/")
    # Con el separador de GS1, y por el QR de su etiqueta.
    ir(pagina, ELEGIR)
    leer(pagina, "]C191ALIM-35", "10TARDE")
    pagina.wait_for_url(f"**/lotes/{granja.tarde.pk}/salida/")
    ir(pagina, ELEGIR)
    leer(pagina, f"/lotes/{granja.vencido.pk}/")
    pagina.wait_for_url(f"**/lotes/{granja.vencido.pk}/merma/")
    # Lo que nadie lleva se queda a la vista para corregirlo.
    ir(pagina, ELEGIR)
    leer(pagina, "NO-ESTA")
    expect(pagina.locator("#tabla")).to_contain_text("Ningún lote con saldo dice eso")
    expect(campo(pagina, CASILLA)).to_have_value("NO-ESTA")


def test_lo_reemplazado_al_seguir_escribiendo_no_es_un_error(abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, ELEGIR)
    casilla = campo(pagina, CASILLA)
    # Nadie le contesta al primero.
    pagina.route(f"**{ELEGIR}?q=alim", lambda _retenido: None)
    with (
        pagina.expect_event("requestfailed") as reemplazado,
        pagina.expect_console_message(lambda dicho: dicho.text.startswith("htmx:sendAbort")),
    ):
        with pagina.expect_request(f"**{ELEGIR}?q=alim"):
            casilla.press_sequentially("alim")
        casilla.press_sequentially("-35")
    assert reemplazado.value.url.endswith("?q=alim")
    expect(pagina.locator("#tabla tbody tr")).to_have_count(2)


def test_el_enter_que_cae_mientras_se_acomoda_lo_anterior_no_se_pierde(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, ELEGIR)
    # Entre que llega la tabla y que se acomoda pasan unos milisegundos: ahí termina de leer el lector.
    pagina.evaluate(LEER_AL_LLEGAR, "PRONTO")
    campo(pagina, CASILLA).fill("alim")
    pagina.wait_for_url(f"**/lotes/{granja.pronto.pk}/salida/")


def test_sin_javascript_se_elige_un_lote(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(TELEFONO, con_js=False)
    ir(pagina, ELEGIR, con_js=False)
    campo(pagina, CASILLA).fill("tarde")
    pagina.get_by_role("main").get_by_role("button", name="Buscar", exact=True).click()
    expect(pagina.locator("#tabla tbody tr")).to_have_count(1)
    pagina.get_by_role("link", name="Salida: lote TARDE").click()
    pagina.wait_for_url(f"**/lotes/{granja.tarde.pk}/salida/")
