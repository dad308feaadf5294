"""El buscador de producto en manos de quien elige sin esperar al servidor."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.gestos import campo, opciones
from inventario.tests.navegador.pantallas import DOS, ESCRITORIO, Pantalla

KARDEX = "/reportes/kardex/"
ESCRIBIR_Y_ELEGIR = """(escrito) => {
  const campo = document.querySelector("#id_producto-ts-control");
  campo.value = escrito;
  campo.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("[role=option][data-selectable]").click();
}"""


def asentar(pagina: Page) -> None:
    """Espera a que lo último que llegó esté en la lista, y a que la página lo dibuje."""
    expect(pagina.locator(".ts-wrapper.loading")).to_have_count(0)
    pagina.evaluate("() => new Promise((listo) => requestAnimationFrame(() => requestAnimationFrame(listo)))")


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_lo_elegido_sin_esperar_no_reabre_la_lista(abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, KARDEX)
    pagina.locator("#id_producto-ts-control").click()
    expect(opciones(pagina, "Alimento de engorde")).to_be_visible()
    with pagina.expect_response("**?q=alim*") as tarde:
        pagina.evaluate(ESCRIBIR_Y_ELEGIR, "alim")
    tarde.value.finished()
    asentar(pagina)
    # Una sola vez: si se abriera y se cerrara sola, esperar lo escondería.
    assert pagina.locator(".ts-wrapper.dropdown-active").count() == 0


def test_lo_que_contesta_tarde_no_se_mezcla_con_lo_ultimo_escrito(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, KARDEX)
    retenidas: list[Route] = []
    pagina.route("**?q=vit*", lambda retenida: retenidas.append(retenida))
    buscador = campo(pagina, "Producto").and_(pagina.locator("input"))
    buscador.click()
    with pagina.expect_request("**?q=vit*"):
        buscador.press_sequentially("vit")
    buscador.fill("alim")
    expect(opciones(pagina, "Alimento de engorde")).to_be_visible()
    [retenida] = retenidas
    otro = {"id": granja.vitamina.pk, "text": "Vitamina C (VIT-C)", "hay": ""}
    retenida.fulfill(json={"resultados": [otro]})
    # Se espera a que llegue o a que la página ya no la quiera.
    if llegada := retenida.request.response():
        llegada.finished()
    asentar(pagina)
    assert opciones(pagina, "Vitamina C").count() == 0
    # Y lo de ahora se elige como siempre.
    buscador.press("Enter")
    expect(pagina.locator(".ts-control .item")).to_have_text("Alimento de engorde (ALIM-35)")
