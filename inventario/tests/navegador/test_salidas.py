"""Sacar de un lote, dar de baja, ajustar y contar desde el navegador."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, en_recibo, ir
from inventario.tests.navegador.pantallas import DOS, TELEFONO, Pantalla, Vigia, se_ve_bien


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_salida_y_merma_de_un_lote(granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, f"/lotes/{granja.tarde.pk}/")
    antes = granja.asientos()
    pagina.get_by_role("link", name="Salida", exact=True).click()
    pagina.wait_for_url("**/salida/")
    campo(pagina, "Cantidad").fill("99")
    apretar(pagina, "Registrar la salida")
    expect(pagina.locator("#id_cantidad_error")).to_contain_text("No alcanza")
    expect(campo(pagina, "Cantidad")).to_have_value("99")
    se_ve_bien(pagina)
    campo(pagina, "Cantidad").fill("2,5")
    campo(pagina, "Módulo").fill("precría")
    pagina.get_by_role("button", name="Registrar la salida", exact=True).dblclick()
    en_recibo(pagina)
    expect(pagina.locator("main")).to_contain_text("precría")
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 43.5)

    # Lo vencido se propone entero.
    ir(pagina, f"/lotes/{granja.vencido.pk}/")
    pagina.get_by_role("link", name="Merma", exact=True).click()
    pagina.wait_for_url("**/merma/")
    expect(campo(pagina, "Cantidad")).to_have_value("5")
    campo(pagina, "Cantidad").fill("cinco")
    apretar(pagina, "Dar de baja")
    expect(pagina.locator("#id_cantidad_error")).to_contain_text("Escriba un número")
    se_ve_bien(pagina)
    campo(pagina, "Cantidad").fill("5")
    pagina.get_by_role("button", name="Dar de baja", exact=True).dblclick()
    en_recibo(pagina)
    assert (granja.asientos(), granja.fisica(granja.vitamina)) == (antes + 2, 0)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_ajuste_y_conteo(granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, f"/productos/{granja.alimento.pk}/ajuste/")
    antes = granja.asientos()
    campo(pagina, "Diferencia").fill("-200")
    apretar(pagina, "Ajustar")
    expect(
        pagina.locator("#id_diferencia_error").or_(pagina.locator("main").get_by_role("alert"))
    ).to_be_visible()
    expect(campo(pagina, "Diferencia")).to_have_value("-200")
    se_ve_bien(pagina)
    campo(pagina, "Diferencia").fill("-1,5")
    pagina.get_by_role("button", name="Ajustar", exact=True).dblclick()
    en_recibo(pagina)
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 44.5)

    ir(pagina, f"/productos/{granja.alimento.pk}/")
    pagina.get_by_role("link", name="Contar", exact=True).click()
    pagina.get_by_role("link", name="Contar el lote TARDE").click()
    pagina.wait_for_url(f"**/lotes/{granja.tarde.pk}/conteo/")
    campo(pagina, "Lo que hay de verdad").fill("cuarenta")
    apretar(pagina, "Anotar lo contado")
    expect(pagina.locator("#id_cantidad_contada_error")).to_contain_text("Escriba un número")
    se_ve_bien(pagina)
    campo(pagina, "Lo que hay de verdad").fill("37")
    pagina.get_by_role("button", name="Anotar lo contado", exact=True).dblclick()
    en_recibo(pagina)
    assert granja.asientos() == antes + 2
    # Lo que coincide no deja asiento.
    ir(pagina, f"/lotes/{granja.tarde.pk}/conteo/")
    campo(pagina, "Lo que hay de verdad").fill("37")
    apretar(pagina, "Anotar lo contado")
    expect(pagina.get_by_text("no había nada que corregir")).to_be_visible()
    assert granja.asientos() == antes + 2


def test_sin_javascript_se_saca_de_un_lote(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    vigia.esperados.add(422)
    pagina = abrir(TELEFONO, con_js=False)
    antes = granja.asientos()
    ir(pagina, f"/lotes/{granja.pronto.pk}/salida/", con_js=False)
    campo(pagina, "Cantidad").fill("60")
    apretar(pagina, "Registrar la salida")
    expect(pagina.locator("#id_cantidad_error")).to_contain_text("No alcanza")
    campo(pagina, "Cantidad").fill("6")
    apretar(pagina, "Registrar la salida")
    pagina.wait_for_url("**/asientos/*/")
    pagina.reload()
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 40)
