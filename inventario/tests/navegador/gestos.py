"""Lo que hace una persona con una página, dicho como lo diría ella."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from inventario.tests.navegador.pantallas import esperar_lista


def ir(pagina: Page, ruta: str, *, con_js: bool = True) -> None:
    """Va a la página y espera a que esté armada."""
    pagina.goto(ruta)
    if con_js:
        esperar_lista(pagina)


def campo(donde: Page | Locator, nombre: str) -> Locator:
    """El campo con esa etiqueta; la lista de opciones que abre un buscador también la lleva."""
    return donde.get_by_label(nombre, exact=True).and_(donde.locator("input, textarea, select"))


def abrir_filtros(pagina: Page) -> None:
    """En el teléfono los campos del filtro se abren al pedirlos; en el escritorio ya están."""
    boton = pagina.get_by_role("button", name="Filtros", exact=True)
    if boton.is_visible() and boton.get_attribute("aria-expanded") == "false":
        boton.click()
        pagina.locator("#filtros.show").wait_for()


def opciones(pagina: Page, nombre: str) -> Locator:
    """Las que ofrece el buscador de producto; su lista escondida tiene otras, sin dibujar."""
    return pagina.locator("[role=option]").filter(has_text=nombre)


def elegir(pagina: Page, nombre: str, escrito: str, opcion: str) -> None:
    """Busca escribiendo y elige, como una persona."""
    buscador = pagina.locator("input").and_(pagina.get_by_label(nombre, exact=True))
    buscador.click()
    buscador.press_sequentially(escrito)
    opciones(pagina, opcion).click()


def apretar(donde: Page | Locator, nombre: str) -> None:
    donde.get_by_role("button", name=nombre, exact=True).click()


def teclear_lectura(pagina: Page, *tramos: str) -> None:
    """Lo de un lector donde está el cursor: lo de largo variable va separado y al final «Enter»."""
    for lugar, tramo in enumerate(tramos):
        if lugar:
            pagina.keyboard.press("Control+]")
        pagina.keyboard.type(tramo)
    pagina.keyboard.press("Enter")


def en_recibo(pagina: Page) -> str:
    """Espera el recibo de lo que se hizo y devuelve su dirección."""
    pagina.wait_for_url("**/asientos/*/")
    esperar_lista(pagina)
    return pagina.url
