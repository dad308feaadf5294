"""Quien no lo ha visto nunca, en un teléfono: recibe, despacha, ve la alerta, sigue el lote y deshace."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from inventario.movimientos.models import Asiento, TipoAsiento
from inventario.tests.navegador.conftest import Abrir, Granja, en_dias
from inventario.tests.navegador.pantallas import TELEFONO, Vigia, cabe

GTIN = "7861234500024"


def abajo(pagina: Page, seccion: str) -> None:
    pagina.locator("nav.abajo").get_by_role("link", name=seccion, exact=True).click()
    cabe(pagina)


@pytest.mark.timeout(300)
def test_un_dia_en_la_bodega(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    # Leer un código y guardar son el mismo formulario: leer contesta 422 para no gastar su clave.
    vigia.esperados.add(422)
    with granja.libros() as mundo:
        producto = mundo.producto("PROB-1", nombre="Probiótico", codigo_barras=GTIN, stock_minimo=10)
    pagina = abrir(TELEFONO, "/")

    abajo(pagina, "Entrada")
    pagina.get_by_label("Leer un código de barras").fill(f"]C1010{GTIN}17{en_dias(200):%y%m%d}10L-77")
    pagina.keyboard.press("Enter")
    linea = pagina.locator("fieldset.linea-entrada").first
    expect(linea.get_by_label("Código de lote")).to_have_value("L-77")
    expect(linea.get_by_label("Vence el")).to_have_value(en_dias(200).isoformat())
    linea.get_by_label("Cantidad").fill("12")
    linea.get_by_label("Costo unitario").fill("2,5")
    pagina.get_by_role("button", name="Registrar la entrada").click()
    pagina.wait_for_url("**/asientos/*/**")
    expect(pagina.get_by_text("L-77").first).to_be_visible()
    assert granja.fisica(producto) == 12

    abajo(pagina, "Despacho")
    pagina.locator(".ts-control").first.click()
    pagina.locator(".ts-control input").first.fill("Prob")
    pagina.locator(".ts-dropdown .option", has_text="Probiótico").click()
    pagina.get_by_label("Cantidad").fill("5")
    expect(pagina.locator("#vista-previa")).to_contain_text("L-77")
    pagina.get_by_role("button", name="Despachar").click()
    pagina.wait_for_url("**/asientos/*/**")
    assert granja.fisica(producto) == 7

    abajo(pagina, "Alertas")
    expect(pagina.get_by_text("Probiótico").first).to_be_visible()

    pagina.get_by_role("button", name="Abrir el menú").click()
    pagina.locator("#menu").get_by_role("link", name="Trazabilidad").click()
    pagina.locator("main input[type=search], main input[name=q]").first.fill("L-77")
    pagina.keyboard.press("Enter")
    expect(pagina.locator("main")).to_contain_text("Probiótico")
    with granja.libros():
        despacho = Asiento.objects.filter(tipo=TipoAsiento.SALIDA).latest("pk")
    pagina.locator(f"main a[href*='/asientos/{despacho.pk}/']").first.click()

    pagina.get_by_label("Por qué se deshace").fill("Era otro producto")
    pagina.get_by_role("button", name="Deshacer").click()
    expect(pagina.get_by_text("Deshecho").first).to_be_visible()
    assert granja.fisica(producto) == 12
