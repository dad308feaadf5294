"""El tema se decide antes de dibujar y sigue a la persona a cualquier navegador."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from inventario.tests.navegador.conftest import CLAVE, CORREO, Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, ir
from inventario.tests.navegador.pantallas import (
    DOS,
    ESCRITORIO,
    TELEFONO,
    Pantalla,
    Vigia,
    esperar_tema,
    se_ve_bien,
)

BOTON = {"light": "Tema claro", "dark": "Tema oscuro", "sistema": "Tema del sistema"}


def elegir(pagina: Page, tema: str) -> None:
    """Lo pone como una persona, abriendo antes el menú del teléfono, y espera a que quede guardado."""
    menu = pagina.get_by_role("button", name="Abrir el menú")
    if menu.is_visible() and menu.get_attribute("aria-expanded") == "false":
        menu.click()
    apretar(pagina, BOTON[tema])
    expect(pagina.get_by_role("button", name=BOTON[tema])).to_have_attribute("aria-pressed", "true")


def temas_pintados(pagina: Page) -> set[str]:
    """Los temas que la página tuvo desde que el navegador dibujó algo por primera vez."""
    pagina.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    temas: list[str] = pagina.evaluate(
        """() => {
          const [{ startTime: primero }] = performance.getEntriesByName("first-contentful-paint");
          return [...window.cambiosDeTema.filter((uno) => uno.momento > primero).map((uno) => uno.tema),
                  document.documentElement.dataset.bsTheme];
        }"""
    )
    return set(temas)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_el_tema_se_decide_antes_de_pintar(abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/reportes/")
    assert temas_pintados(pagina) == {pantalla.tema}
    # Lo elegido manda sobre el sistema, sin recargar, y vale también para la siguiente página.
    pagina.evaluate("() => { window.laMisma = true; }")
    contrario = pantalla.al_reves.tema
    elegir(pagina, contrario)
    esperar_tema(pagina, contrario)
    assert pagina.evaluate("() => window.laMisma")
    expect(pagina.get_by_role("button", name=BOTON[contrario])).to_be_focused()
    se_ve_bien(pagina)
    ir(pagina, "/lotes/")
    assert temas_pintados(pagina) == {contrario}
    elegir(pagina, "sistema")
    esperar_tema(pagina, pantalla.tema)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_el_tema_elegido_en_un_navegador_esta_en_otro_desde_el_primer_html(
    abrir: Abrir, pantalla: Pantalla
) -> None:
    contrario = pantalla.al_reves.tema
    elegir(abrir(pantalla, "/reportes/"), contrario)
    otro = abrir(pantalla, "/entrar/", quien=None)
    # Sin haber entrado nadie en él, es el del sistema.
    assert temas_pintados(otro) == {pantalla.tema}
    campo(otro, "Correo electrónico").fill(CORREO)
    campo(otro, "Contraseña").fill(CLAVE)
    with otro.expect_response(lambda respuesta: respuesta.url.endswith("/") and respuesta.ok) as llegada:
        apretar(otro, "Entrar")
    assert f'data-bs-theme="{contrario}"' in llegada.value.text().split("<head>")[0]
    otro.wait_for_load_state()
    assert temas_pintados(otro) == {contrario}
    # Al salir, la puerta de este navegador se queda con el último.
    if pantalla is TELEFONO:
        apretar(otro, "Abrir el menú")
    apretar(otro, "Salir")
    otro.wait_for_url("**/entrar/")
    assert temas_pintados(otro) == {contrario}


def test_el_tema_se_elige_sin_javascript(granja: Granja, abrir: Abrir) -> None:
    pagina = abrir(ESCRITORIO, "/lotes/?q=PRONTO", con_js=False)
    html = pagina.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "light")
    apretar(pagina, "Tema oscuro")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    assert pagina.url.endswith("/lotes/?q=PRONTO")
    expect(pagina.get_by_role("button", name="Tema oscuro")).to_have_attribute("aria-pressed", "true")
    granja.usuario.refresh_from_db()
    assert granja.usuario.tema == "oscuro"


def test_sin_conexion_el_tema_no_finge_haberse_guardado(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    pagina = abrir(ESCRITORIO, "/lotes/")
    vigia.sin_red = True
    pagina.route("**/tema/", lambda ruta: ruta.abort())
    apretar(pagina, "Tema oscuro")
    expect(pagina.get_by_role("alert")).to_contain_text("No hay conexión")
    assert pagina.evaluate("document.documentElement.dataset.bsTheme") == "light"
    pagina.unroute("**/tema/")
    elegir(pagina, "dark")
    granja.usuario.refresh_from_db()
    assert granja.usuario.tema == "oscuro"
