"""Quien opera y es nuevo, en un teléfono: recibe, despacha, ve la alerta, sigue el lote y deshace."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from inventario.cuentas.models import Usuario
from inventario.tests.navegador.conftest import CLAVE, Abrir, Granja, en_dias
from inventario.tests.navegador.gestos import apretar, campo, elegir, en_recibo
from inventario.tests.navegador.pantallas import TELEFONO, esperar_lista, se_ve_bien

GTIN = "7861234500024"


def abajo(pagina: Page, seccion: str) -> None:
    """Toca una sección de la barra de abajo."""
    barra = pagina.get_by_role("navigation", name="Accesos rápidos")
    barra.get_by_role("link", name=seccion, exact=True).click()
    titulo = pagina.get_by_role("heading", level=1, name=seccion, exact=True)
    expect(titulo).to_be_visible()
    esperar_lista(pagina)


def test_un_dia_en_la_bodega(granja: Granja, operador: Usuario, abrir: Abrir) -> None:
    with granja.libros() as mundo:
        producto = mundo.producto("PROB-1", nombre="Probiótico", codigo_barras=GTIN, stock_minimo=10)
    pagina = abrir(TELEFONO, "/", quien=None)
    campo(pagina, "Correo electrónico").fill(operador.email)
    campo(pagina, "Contraseña").fill(CLAVE)
    apretar(pagina, "Entrar")

    abajo(pagina, "Entrada")
    # El lector escribe donde está el cursor, que ya está en su casilla.
    expect(pagina.get_by_label("Leer un código de barras", exact=True)).to_be_focused()
    pagina.keyboard.type(f"]C1010{GTIN}17{en_dias(200):%y%m%d}10L-77")
    pagina.keyboard.press("Enter")
    linea = pagina.get_by_role("group", name="Línea 1")
    expect(campo(linea, "Producto")).to_have_value("Probiótico (PROB-1)")
    expect(campo(linea, "Código de lote")).to_have_value("L-77")
    expect(campo(linea, "Vence el")).to_have_value(en_dias(200).isoformat())
    campo(linea, "Cantidad").fill("12")
    campo(linea, "Costo unitario").fill("2,5")
    apretar(pagina, "Registrar la entrada")
    en_recibo(pagina)
    expect(pagina.locator("main").get_by_role("link", name="L-77")).to_be_visible()
    assert granja.fisica(producto) == 12

    abajo(pagina, "Despacho")
    elegir(pagina, "Producto", "prob", "Probiótico")
    campo(pagina, "Cantidad").fill("5")
    expect(pagina.get_by_text("L-77")).to_be_visible()
    apretar(pagina, "Despachar")
    en_recibo(pagina)
    assert granja.fisica(producto) == 7

    abajo(pagina, "Alertas")
    bajo_el_minimo = pagina.get_by_role("row").filter(has_text="Probiótico")
    expect(bajo_el_minimo).to_be_visible()
    se_ve_bien(pagina)

    apretar(pagina, "Abrir el menú")
    pagina.get_by_role("link", name="Trazabilidad", exact=True).click()
    campo(pagina, "Lote o lote del proveedor").fill("L-77")
    apretar(pagina, "Seguir")
    adonde_fue = pagina.get_by_role("region", name="Cada salida")
    expect(adonde_fue).to_contain_text("5 kg")
    se_ve_bien(pagina)
    adonde_fue.get_by_role("link").first.click()
    en_recibo(pagina)

    campo(pagina, "Por qué se deshace").fill("Era otro producto")
    apretar(pagina, "Deshacer")
    expect(pagina.get_by_text("Quedó deshecho.")).to_be_visible()
    assert granja.fisica(producto) == 12
    # Con lo deshecho se va la alerta.
    abajo(pagina, "Alertas")
    expect(pagina.get_by_role("row").filter(has_text="Probiótico")).to_have_count(0)
