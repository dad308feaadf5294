"""El buscador de producto en manos de quien elige sin esperar al servidor."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inventario.tests.navegador.conftest import Abrir
from inventario.tests.navegador.gestos import opciones
from inventario.tests.navegador.pantallas import DOS, Pantalla

# Lo que espera antes de preguntar, y la respuesta: más de lo que tardaba en reabrirse.
ASENTADO_MS = 900
ESCRIBIR_Y_ELEGIR = """(escrito) => {
  const campo = document.querySelector("#id_producto-ts-control");
  campo.value = escrito;
  campo.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("[role=option][data-selectable]").click();
}"""


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_lo_elegido_sin_esperar_no_reabre_la_lista(abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/reportes/kardex/")
    pagina.locator("#id_producto-ts-control").click()
    expect(opciones(pagina, "Alimento de engorde")).to_be_visible()
    pagina.evaluate(ESCRIBIR_Y_ELEGIR, "alim")
    pagina.wait_for_timeout(ASENTADO_MS)
    expect(pagina.locator(".ts-wrapper.dropdown-active")).to_have_count(0)
