"""Los reportes desde el navegador: pedirlos, equivocarse en las fechas, bajarlos y encargar uno largo."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from inventario.panel.reportes import peso
from inventario.panel.reportes.paginas import PAGINAS
from inventario.reportes.models import EstadoDeExportacion, Exportacion
from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, elegir, ir
from inventario.tests.navegador.pantallas import DOS, Pantalla, Vigia, esperar_lista, se_ve_bien


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_cada_reporte_se_abre_desde_el_indice(abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/reportes/")
    for una in PAGINAS.values():
        pagina.locator("main").get_by_role("link").filter(
            has=pagina.get_by_role("heading", name=str(una.titulo), exact=True)
        ).click()
        expect(pagina.get_by_role("heading", name=str(una.titulo), level=1, exact=True)).to_be_visible()
        esperar_lista(pagina)
        pagina.locator(".breadcrumb").get_by_role("link", name="Reportes").click()
        pagina.wait_for_url("**/reportes/")


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_el_kardex_de_un_producto(granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, "/reportes/kardex/")
    expect(pagina.get_by_role("paragraph").get_by_text("Elija un producto", exact=True)).to_be_visible()
    elegir(pagina, "Producto", "alim", "Alimento de engorde")
    campo(pagina, "Hasta").fill("2020-01-01")
    apretar(pagina, "Ver el reporte")
    expect(pagina.locator("#id_hasta_error")).to_be_visible()
    se_ve_bien(pagina)
    campo(pagina, "Desde").fill("2020-01-01")
    campo(pagina, "Hasta").fill(granja.despacho.fecha_efectiva.date().isoformat())
    apretar(pagina, "Ver el reporte")
    expect(pagina.locator("#reporte table").last).to_contain_text("PRONTO")
    with pagina.expect_download() as bajada:
        pagina.get_by_role("link", name="CSV", exact=True).click()
    assert "PRONTO" in Path(bajada.value.path()).read_text("utf-8-sig")
    with pagina.expect_download() as bajada:
        pagina.get_by_role("link", name="XLSX", exact=True).click()
    assert Path(bajada.value.path()).read_bytes().startswith(b"PK")


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_un_reporte_largo_se_encarga_y_se_ve_avanzar(
    granja: Granja, abrir: Abrir, monkeypatch: pytest.MonkeyPatch, pantalla: Pantalla
) -> None:
    monkeypatch.setattr(peso, "FILAS_AL_MOMENTO", 2)
    pagina = abrir(pantalla, "/reportes/movimientos-por-rango-fecha/")
    expect(pagina.get_by_text("Es largo: se arma aparte")).to_be_visible()
    pagina.get_by_role("button", name="Preparar CSV", exact=True).dblclick()
    pagina.wait_for_url("**/reportes/exportaciones/*/")
    encargo = pagina.locator("#encargo")
    with pagina.expect_download() as bajada:
        encargo.get_by_role("link", name="Bajar el archivo").click()
    assert "PRONTO" in Path(bajada.value.path()).read_text("utf-8-sig")

    def quedo(estado: EstadoDeExportacion, **campos: object) -> None:
        with granja.libros():
            assert Exportacion.objects.update(estado=estado, **campos) == 1

    quedo(EstadoDeExportacion.EN_CURSO, avance=40, filas=2)
    pagina.reload()
    esperar_lista(pagina)
    barra = encargo.get_by_role("progressbar", name="Avance")
    expect(barra).to_have_attribute("value", "40")
    se_ve_bien(pagina)
    # Pregunta sola hasta que termina; si falla, lo dice y deja pedirlo otra vez.
    quedo(EstadoDeExportacion.EN_CURSO, avance=80)
    expect(barra).to_have_attribute("value", "80")
    quedo(EstadoDeExportacion.FALLIDA, error="Tardó demasiado.")
    expect(encargo.get_by_role("alert")).to_have_text("Tardó demasiado.")
    se_ve_bien(pagina)
    ir(pagina, "/reportes/")
    expect(pagina.get_by_role("region", name="Archivos que encargó")).to_contain_text("Falló")
