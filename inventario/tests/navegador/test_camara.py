"""Recibir mirando con la cámara una etiqueta nuestra, como salió impresa."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from reportlab.lib.units import mm

from inventario.panel.tests.impreso import Trazo, trazos
from inventario.tests.navegador.camara import filmar
from inventario.tests.navegador.conftest import Abrir, Granja, Lanzar
from inventario.tests.navegador.gestos import apretar, campo, en_recibo
from inventario.tests.navegador.pantallas import DOS, ESCRITORIO, Pantalla, se_ve_bien

Ver = Callable[[list[Trazo]], Browser]
Imprimir = Callable[[str], list[Trazo]]


@pytest.fixture
def viendo(lanzar: Lanzar, tmp_path: Path) -> Iterator[Ver]:
    """`viendo(trazos)` da un navegador cuya cámara apunta a ese papel."""
    with ExitStack() as pila:

        def papel(negros: list[Trazo]) -> Browser:
            video = tmp_path / "camara.y4m"
            filmar(negros, video)
            navegador = lanzar(
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={video}",
            )
            pila.callback(navegador.close)
            return navegador

        yield papel


@pytest.fixture
def impresa(granja: Granja, live_server: LiveServer) -> Imprimir:
    """`impresa(papel)` es la etiqueta del lote que vence pronto."""
    cliente = Client(HTTP_HOST=urlsplit(live_server.url).netloc)
    cliente.force_login(granja.usuario)
    ruta = f"/lotes/{granja.pronto.pk}/etiqueta.pdf"
    return lambda papel: trazos(cliente.get(ruta, {"formato": papel}).content)


def sin_qr(etiqueta: list[Trazo]) -> list[Trazo]:
    return [trazo for trazo in etiqueta if trazo.alto > 6 * mm]


def leer_la_etiqueta(pagina: Page, granja: Granja) -> None:
    """La línea dice lo que la etiqueta, y la cámara no se queda encendida."""
    apretar(pagina, "Leer con la cámara")
    linea = pagina.get_by_role("group", name="Línea 1")
    expect(campo(linea, "Código de lote")).to_have_value("PRONTO")
    expect(campo(linea, "Producto")).to_have_value("Alimento de engorde (ALIM-35)")
    assert granja.pronto.vence_el is not None
    expect(campo(linea, "Vence el")).to_have_value(granja.pronto.vence_el.isoformat())
    expect(pagina.get_by_role("dialog", name="Leer con la cámara")).to_be_hidden()
    pagina.wait_for_function(
        "() => document.querySelector('#camara video').srcObject.getTracks()"
        ".every((pista) => pista.readyState === 'ended')"
    )


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_lo_que_ve_la_camara_se_recibe(
    granja: Granja, abrir: Abrir, viendo: Ver, impresa: Imprimir, pantalla: Pantalla
) -> None:
    """En el rollo las barras van en dos y cada una dice la mitad; el QR lo dice todo."""
    pagina = abrir(pantalla, "/entradas/nueva/", navegador=viendo(impresa("rollo")))
    antes = granja.asientos()
    leer_la_etiqueta(pagina, granja)
    se_ve_bien(pagina)
    linea = pagina.get_by_role("group", name="Línea 1")
    campo(linea, "Cantidad").fill("3")
    pagina.get_by_role("button", name="Registrar la entrada", exact=True).dblclick()
    recibo = en_recibo(pagina)
    pagina.reload()
    assert pagina.url == recibo
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 49)


def test_las_barras_de_la_hoja_bastan(granja: Granja, abrir: Abrir, viendo: Ver, impresa: Imprimir) -> None:
    pagina = abrir(ESCRITORIO, "/entradas/nueva/", navegador=viendo(sin_qr(impresa("hoja"))))
    leer_la_etiqueta(pagina, granja)
    assert granja.fisica(granja.alimento) == 46
