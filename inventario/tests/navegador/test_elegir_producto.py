"""Los campos que buscan un producto: cómo los oye quien no ve, y cómo hallan lo que no cabe en la lista."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from inventario.panel.marco.formularios import ProductoCampo
from inventario.productos.models import Producto
from inventario.tests.navegador.conftest import GTIN, Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, elegir, en_recibo, ir
from inventario.tests.navegador.pantallas import DOS, ESCRITORIO, TELEFONO, Pantalla, Vigia, se_ve_bien

ENTRADA, MULTIPLE = "/entradas/nueva/", "/despachos/multiple/"


def combos(pagina: Page) -> list[dict[str, Any]]:
    """Los que ofrece la página a un lector de pantalla y hablan de un producto."""
    nodos = pagina.context.new_cdp_session(pagina).send("Accessibility.getFullAXTree")["nodes"]
    return [
        nodo
        for nodo in nodos
        if not nodo["ignored"]
        and nodo["role"]["value"] == "combobox"
        and nodo["name"]["value"].startswith("Producto")
    ]


@pytest.mark.parametrize("ruta", ["/despachos/nuevo/", "/lotes/"])
def test_quien_no_ve_oye_un_solo_campo_y_lo_elegido(granja: Granja, abrir: Abrir, ruta: str) -> None:
    pagina = abrir(ESCRITORIO, ruta)
    assert len(combos(pagina)) == 1
    elegir(pagina, "Producto", "alim", "Alimento de engorde")
    expect(pagina.locator(".ts-control .item")).to_be_visible()
    [solo] = combos(pagina)
    assert solo["description"]["value"] == "Alimento de engorde (ALIM-35)"
    se_ve_bien(pagina)


def muchos(granja: Granja) -> None:
    """Tantos que los de la granja no caben entre los primeros."""
    with granja.libros() as mundo:
        Producto.objects.bulk_create(
            Producto(
                empresa=mundo.empresa,
                nombre=f"Aaa {numero:04}",
                nombre_plegado=f"aaa {numero:04}",
                sku=f"AAA-{numero:04}",
                sku_normalizado=f"aaa-{numero:04}",
                unidad=mundo.pieza,
            )
            for numero in range(ProductoCampo.SIN_BUSCAR)
        )


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_una_linea_halla_cualquier_producto_al_escribir(
    granja: Granja, abrir: Abrir, pantalla: Pantalla
) -> None:
    muchos(granja)
    pagina = abrir(pantalla, ENTRADA)
    linea = pagina.get_by_role("group", name="Línea 1")
    producto = campo(linea, "Producto")
    producto.press_sequentially("vitam")
    lista = pagina.get_by_role("listbox", name="Producto")
    expect(lista.get_by_role("option")).to_have_count(1)
    expect(producto).to_have_attribute("aria-expanded", "true")
    se_ve_bien(pagina)
    # Con otro botón del ratón no se elige.
    lista.get_by_role("option", name="Vitamina C").click(button="right")
    expect(producto).to_have_value("vitam")
    lista.get_by_role("option", name="Vitamina C").click()
    expect(producto).to_have_value("Vitamina C (VIT-C)")
    expect(lista).to_have_count(0)
    # La pista de la línea se entera de lo elegido.
    expect(linea).to_contain_text("se mide en")
    apretar(pagina, "Agregar línea")
    segunda = campo(pagina.get_by_role("group", name="Línea 2"), "Producto")
    segunda.press_sequentially(GTIN[:8])
    expect(lista.get_by_role("option")).to_have_count(1)
    segunda.press("ArrowDown")
    segunda.press("Enter")
    expect(segunda).to_have_value("Alimento de engorde (ALIM-35)")
    # El aviso está antes de tener qué decir: uno que llega lleno no siempre se lee.
    aviso = segunda.locator("xpath=following-sibling::*[@role='status']")
    expect(aviso).to_be_empty()
    segunda.fill("zzzz")
    nada = aviso.get_by_text("Nada con ese nombre, SKU o código.")
    expect(nada).to_be_visible()
    se_ve_bien(pagina)
    segunda.press("Escape")
    expect(nada).to_have_count(0)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_un_despacho_de_varios_halla_cualquier_producto(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados.add(422)
    muchos(granja)
    pagina = abrir(pantalla, MULTIPLE)
    antes = granja.asientos()
    linea = pagina.get_by_role("group", name="Línea 1")
    campo(linea, "Producto").press_sequentially("engorde")
    pagina.get_by_role("option", name="Alimento de engorde").click()
    campo(linea, "Cantidad").fill("2")
    with pagina.expect_response("**/multiple/") as enviado:
        apretar(pagina, "Despachar todo")
    assert enviado.value.status == 422
    apretar(pagina, "Confirmar el despacho")
    en_recibo(pagina)
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 44)


def test_sin_servidor_queda_la_lista_de_los_primeros(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    vigia.esperados.add(503)
    pagina = abrir(ESCRITORIO, ENTRADA)
    pagina.route("**/buscar/productos?**", lambda ruta: ruta.fulfill(status=503))
    producto = campo(pagina.get_by_role("group", name="Línea 1"), "Producto")
    producto.press_sequentially("vit")
    expect(producto).to_have_attribute("list", "productos")
    expect(producto).to_have_value("vit")
    # Cuando vuelve, la del navegador no se abre sobre la que llega.
    pagina.unroute("**/buscar/productos?**")
    producto.press_sequentially("a")
    expect(pagina.get_by_role("listbox", name="Producto").get_by_role("option")).to_have_count(1)
    assert producto.get_attribute("list") is None


def test_sin_javascript_queda_la_lista_de_los_primeros(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(TELEFONO, con_js=False)
    for ruta in (ENTRADA, MULTIPLE):
        ir(pagina, ruta, con_js=False)
        expect(campo(pagina, "Producto").first).to_have_attribute("list", "productos")
        assert pagina.locator("datalist#productos option").count() == 3
