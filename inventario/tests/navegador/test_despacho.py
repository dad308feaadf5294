"""Despachar uno y varios: el rechazo, el doble toque, volver atrás, deshacer y sin JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, elegir, en_recibo, ir
from inventario.tests.navegador.pantallas import DOS, TELEFONO, Pantalla, Vigia, se_ve_bien


def pedir(pagina: Page, granja: Granja, cantidad: str, *, con_js: bool = True) -> None:
    ir(pagina, f"/despachos/nuevo/?producto={granja.alimento.pk}", con_js=con_js)
    campo(pagina, "Cantidad").fill(cantidad)
    if con_js:
        # Sin haber visto los lotes de esa cantidad, el botón solo los enseña.
        expect(pagina.locator(f"[name=vistos][value*='/{cantidad}/']")).to_be_attached()


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_despachar_lleva_al_recibo_y_recargarlo_no_mueve(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, "/despachos/nuevo/")
    antes = granja.asientos()
    elegir(pagina, "Producto", "alim", "Alimento de engorde")
    campo(pagina, "Cantidad").fill("400")
    vista = pagina.locator("#vista-previa")
    expect(vista).to_contain_text("No alcanza")
    apretar(pagina, "Despachar")
    # El rechazo se dice en el campo, y lo escrito sigue ahí.
    expect(pagina.locator("#id_cantidad_error")).to_contain_text("No alcanza")
    expect(campo(pagina, "Cantidad")).to_have_value("400")
    expect(pagina.locator(".ts-control .item")).to_contain_text("Alimento de engorde")
    se_ve_bien(pagina)
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes, 46)
    campo(pagina, "Cantidad").fill("7,5")
    expect(vista).to_contain_text("PRONTO")
    expect(vista).to_contain_text("TARDE")
    apretar(pagina, "Despachar")
    recibo = en_recibo(pagina)
    pagina.reload()
    assert pagina.url == recibo
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 38.5)


def test_un_doble_toque_saca_una_vez(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(TELEFONO)
    antes = granja.asientos()
    pedir(pagina, granja, "2")
    pagina.get_by_role("button", name="Despachar", exact=True).dblclick()
    en_recibo(pagina)
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 44)


def test_volver_y_enviar_otra_vez_no_saca_dos(granja: Granja, abrir: Abrir) -> None:
    """Al volver, el navegador enseña el formulario enviado; si lo guardó tal cual, su clave es la misma."""
    pagina = abrir()
    antes = granja.asientos()
    pedir(pagina, granja, "2")
    clave = pagina.locator("[name=clave_idempotencia]").first.input_value()
    apretar(pagina, "Despachar")
    recibo = en_recibo(pagina)
    pagina.go_back()
    pagina.wait_for_url("**/despachos/nuevo/**")
    pagina.locator("[name=clave_idempotencia]").first.evaluate("(campo, v) => { campo.value = v }", clave)
    campo(pagina, "Cantidad").fill("2")
    # La clave ya se usó: lleva al mismo recibo aunque los lotes no lleguen a verse.
    apretar(pagina, "Despachar")
    assert en_recibo(pagina) == recibo
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 44)


def test_sin_javascript_se_mira_y_se_despacha(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(TELEFONO, con_js=False)
    antes = granja.asientos()
    pedir(pagina, granja, "3", con_js=False)
    apretar(pagina, "Ver antes de despachar")
    expect(pagina.locator("#vista-previa")).to_contain_text("PRONTO")
    apretar(pagina, "Confirmar el despacho")
    pagina.wait_for_url("**/asientos/*/")
    pagina.reload()
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 43)


def test_sin_javascript_despachar_ensena_y_confirmar_saca(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    vigia.esperados.add(422)
    pagina = abrir(TELEFONO, con_js=False)
    antes = granja.asientos()
    pedir(pagina, granja, "3", con_js=False)
    apretar(pagina, "Despachar")
    expect(pagina.locator("#vista-previa")).to_contain_text("PRONTO")
    assert granja.asientos() == antes
    apretar(pagina, "Confirmar el despacho")
    pagina.wait_for_url("**/asientos/*/")
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 43)


def test_enter_antes_de_ver_los_lotes_los_ensena_y_espera(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    vigia.esperados.add(422)
    pagina = abrir(TELEFONO)
    antes = granja.asientos()
    pedir(pagina, granja, "6")
    # Lo que está a la vista es de seis; la vista previa de doce tarda más que la tecla.
    campo(pagina, "Cantidad").fill("12")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("alert").filter(has_text="Mire de qué lotes sale")).to_be_focused()
    expect(pagina.locator("#vista-previa")).to_contain_text("TARDE")
    se_ve_bien(pagina)
    assert granja.asientos() == antes
    apretar(pagina, "Confirmar el despacho")
    en_recibo(pagina)
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 34)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_varios_productos_salen_todos_o_ninguno(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados.add(422)
    with granja.libros() as mundo:
        mundo.entrada(granja.red, 3)
    pagina = abrir(pantalla, "/despachos/nuevo/")
    antes = granja.asientos()
    pagina.get_by_role("link", name="Varios productos").click()
    pagina.wait_for_url("**/despachos/multiple/")
    for n, (producto, cantidad) in enumerate([("ALIM-35", "5"), ("RED-01", "9")], start=1):
        linea = pagina.get_by_role("group", name=f"Línea {n}")
        campo(linea, "Producto").fill(producto)
        campo(linea, "Cantidad").fill(cantidad)
    apretar(pagina, "Despachar todo")
    expect(pagina.get_by_text("No salió nada: corrija las líneas marcadas y envíe de nuevo.")).to_be_visible()
    expect(pagina.locator("#id_lineas-1-cantidad_error")).to_contain_text("No alcanza")
    expect(pagina.locator("#id_lineas-0-cantidad_error")).to_have_count(0)
    se_ve_bien(pagina)
    assert granja.asientos() == antes
    segunda = pagina.get_by_role("group", name="Línea 2")
    campo(segunda, "Cantidad").fill("2")
    apretar(pagina, "Más líneas")
    expect(pagina.get_by_role("group", name="Línea 6")).to_be_visible()
    expect(campo(segunda, "Cantidad")).to_have_value("2")
    apretar(pagina, "Despachar todo")
    expect(pagina.get_by_role("alert").filter(has_text="Mire de qué lotes sale")).to_be_focused()
    expect(pagina.get_by_role("group", name="Línea 1")).to_contain_text("del lote PRONTO")
    expect(segunda).to_contain_text("que no vence")
    se_ve_bien(pagina)
    assert granja.asientos() == antes
    pagina.get_by_role("button", name="Confirmar el despacho", exact=True).dblclick()
    en_recibo(pagina)
    assert granja.asientos() == antes + 1
    assert (granja.fisica(granja.alimento), granja.fisica(granja.red)) == (41, 1)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_un_error_se_deshace_una_vez(granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla) -> None:
    vigia.esperados |= {409, 422}
    ruta = f"/asientos/{granja.despacho.pk}/"
    pagina, otra = abrir(pantalla, ruta), abrir(pantalla, ruta)
    antes = granja.asientos()
    for una in (pagina, otra):
        expect(campo(una, "Por qué se deshace")).to_be_visible()
    campo(pagina, "Por qué se deshace").fill("   ")
    apretar(pagina, "Deshacer")
    expect(pagina.locator("#id_motivo_error")).to_be_visible()
    se_ve_bien(pagina)
    assert granja.asientos() == antes
    campo(pagina, "Por qué se deshace").fill("Era otro tanque")
    pagina.get_by_role("button", name="Deshacer", exact=True).dblclick()
    expect(pagina.get_by_text("Quedó deshecho.")).to_be_visible()
    se_ve_bien(pagina)
    # Quien llega tarde, con la página ya abierta, se entera y no mueve nada.
    campo(otra, "Por qué se deshace").fill("Yo también")
    apretar(otra, "Deshacer")
    expect(otra.locator("#deshacer").get_by_role("alert")).to_be_visible()
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 50)


def test_lo_que_cambia_entre_mirar_y_despachar_se_dice(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    vigia.esperados.add(422)
    pagina = abrir(TELEFONO)
    pedir(pagina, granja, "6")
    vista = pagina.locator("#vista-previa")
    expect(vista).to_contain_text("PRONTO")
    with granja.libros() as mundo:
        mundo.fefo(granja.alimento, 3)
    apretar(pagina, "Despachar")
    aviso = pagina.get_by_role("alert").filter(has_text="Cambió desde que lo vio")
    expect(aviso).to_contain_text("del lote PRONTO salían 6 kg y ahora 3; ahora salen 3 kg del lote TARDE")
    expect(aviso).to_be_focused()
    expect(vista).to_contain_text("TARDE")
    se_ve_bien(pagina)
    assert granja.fisica(granja.alimento) == 43
    apretar(pagina, "Confirmar el despacho")
    en_recibo(pagina)
    assert granja.fisica(granja.alimento) == 37
