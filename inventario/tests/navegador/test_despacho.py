"""Despachar desde el navegador: el camino, el rechazo, el doble toque, volver atrás y sin JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from inventario.movimientos.models import Asiento, TipoAsiento
from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.pantallas import DOS, TELEFONO, Pantalla, Vigia, sin_faltas_graves


def salidas(granja: Granja) -> int:
    with granja.libros():
        return Asiento.objects.filter(tipo=TipoAsiento.SALIDA).count()


def pedir(pagina: Page, granja: Granja, cantidad: str) -> None:
    pagina.goto(f"/despachos/nuevo/?producto={granja.alimento.pk}")
    pagina.get_by_label("Cantidad").fill(cantidad)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_despachar_lleva_al_recibo(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla)
    pedir(pagina, granja, "7,5")
    expect(pagina.locator("#vista-previa")).to_contain_text("PRONTO")
    expect(pagina.locator("#vista-previa")).to_contain_text("TARDE")
    pagina.get_by_role("button", name="Despachar").click()
    pagina.wait_for_url("**/asientos/*/**")
    assert granja.fisica(granja.alimento) == 46 - 7.5


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_pedir_de_mas_se_explica_y_conserva_lo_escrito(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla)
    pedir(pagina, granja, "400")
    pagina.get_by_role("button", name="Despachar").click()
    expect(pagina.locator("#id_cantidad_error")).to_contain_text("No alcanza")
    expect(pagina.get_by_label("Cantidad")).to_have_value("400")
    sin_faltas_graves(pagina)
    assert granja.fisica(granja.alimento) == 46


def test_un_doble_toque_saca_una_vez(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(TELEFONO)
    pedir(pagina, granja, "2")
    pagina.get_by_role("button", name="Despachar").dblclick()
    pagina.wait_for_url("**/asientos/*/**")
    assert (salidas(granja), granja.fisica(granja.alimento)) == (2, 44)


def test_volver_y_enviar_otra_vez_no_saca_dos(granja: Granja, abrir: Abrir) -> None:
    """Al volver, el navegador enseña el formulario enviado; si lo guardó tal cual, su clave es la misma."""
    pagina = abrir()
    pedir(pagina, granja, "2")
    clave = pagina.locator("[name=clave_idempotencia]").first.input_value()
    pagina.get_by_role("button", name="Despachar").click()
    pagina.wait_for_url("**/asientos/*/**")
    recibo = pagina.url.split("?")[0]
    pagina.go_back()
    pagina.locator("[name=clave_idempotencia]").first.evaluate("(campo, v) => { campo.value = v }", clave)
    pagina.get_by_label("Cantidad").fill("2")
    pagina.get_by_role("button", name="Despachar").click()
    pagina.wait_for_url("**/asientos/*/**")
    assert pagina.url.split("?")[0] == recibo
    assert (salidas(granja), granja.fisica(granja.alimento)) == (2, 44)


def test_sin_javascript_se_mira_y_se_despacha(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(TELEFONO, con_js=False)
    pedir(pagina, granja, "3")
    pagina.get_by_role("button", name="Ver de qué lotes sale").click()
    expect(pagina.locator("#vista-previa")).to_contain_text("PRONTO")
    pagina.get_by_role("button", name="Despachar").click()
    pagina.wait_for_url("**/asientos/*/**")
    assert granja.fisica(granja.alimento) == 43
