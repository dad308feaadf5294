"""El catálogo desde el navegador: buscar, crear, corregir, retirar."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inventario.productos.models import Producto
from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, ir
from inventario.tests.navegador.pantallas import DOS, Pantalla, Vigia, se_ve_bien


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_la_lista_se_filtra_al_escribir(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/productos/")
    tabla = pagina.locator("#tabla")
    filtro = pagina.get_by_role("search", name="Filtrar productos")
    filtro.get_by_role("searchbox").fill("vita")
    expect(tabla).not_to_contain_text("Red de mano")
    expect(tabla).to_contain_text("Vitamina C")
    assert "q=vita" in pagina.url
    filtro.get_by_role("searchbox").fill("zzzz")
    expect(tabla).to_contain_text("Ningún producto cumple ese filtro")
    se_ve_bien(pagina)
    tabla.get_by_role("link", name="Quitar el filtro").click()
    expect(tabla).to_contain_text("Red de mano")
    pagina.get_by_role("link", name="Vitamina C", exact=True).click()
    expect(pagina.get_by_role("heading", name="Vitamina C", exact=True)).to_be_visible()


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_crear_corregir_y_retirar_sin_salir_de_la_lista(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, "/productos/")
    pagina.get_by_role("link", name="Nuevo producto").click()
    lateral = pagina.get_by_role("dialog")
    campo(lateral, "Nombre").fill("Probiótico")
    campo(lateral, "SKU").fill("VIT-C")
    campo(lateral, "Unidad").select_option(str(granja.mundo.kilo.pk))
    apretar(lateral, "Crear el producto")
    # El rechazo cae en su campo y nada de lo escrito se pierde.
    expect(pagina.locator("#id_sku_error")).to_be_visible()
    expect(campo(lateral, "Nombre")).to_have_value("Probiótico")
    se_ve_bien(pagina)
    campo(lateral, "SKU").fill("PROB-1")
    lateral.get_by_role("button", name="Crear el producto", exact=True).dblclick()
    expect(pagina.get_by_text("Se creó «Probiótico».")).to_be_visible()
    with granja.libros():
        creado = Producto.objects.get(sku="PROB-1")

    ir(pagina, "/productos/")
    pagina.get_by_role("link", name="Editar Probiótico").click()
    campo(lateral, "Stock mínimo").fill("12,5")
    apretar(lateral, "Guardar los cambios")
    expect(pagina.get_by_text("Los cambios quedaron guardados.")).to_be_visible()
    creado.refresh_from_db()
    assert creado.stock_minimo == 12.5

    apretar(pagina, "Desactivar Probiótico")
    expect(pagina.get_by_text("quedó inactivo")).to_be_visible()
    creado.refresh_from_db()
    assert not creado.activo


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_escape_cierra_el_lateral_y_devuelve_el_foco(abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/productos/")
    nuevo = pagina.get_by_role("link", name="Nuevo producto")
    nuevo.click()
    expect(campo(pagina.get_by_role("dialog"), "Nombre")).to_be_visible()
    se_ve_bien(pagina)
    pagina.keyboard.press("Escape")
    expect(pagina.get_by_role("dialog")).to_be_hidden()
    expect(nuevo).to_be_focused()


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_lo_que_aun_tiene_existencia_no_se_elimina(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, f"/productos/{granja.vitamina.pk}/")
    pagina.get_by_role("link", name="Eliminar Vitamina C").click()
    apretar(pagina, "Eliminar")
    expect(pagina.locator("main").get_by_role("alert")).to_be_visible()
    se_ve_bien(pagina)
    ir(pagina, f"/productos/{granja.red.pk}/eliminar/")
    apretar(pagina, "Eliminar")
    expect(pagina.get_by_text("Se eliminó «Red de mano».")).to_be_visible()
    with granja.libros():
        assert set(Producto.objects.vivos().values_list("sku", flat=True)) == {"ALIM-35", "VIT-C"}
