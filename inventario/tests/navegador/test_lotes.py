"""Lotes, movimientos y trazabilidad desde el navegador: filtrar, bloquear, seguir y llevarse el archivo."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inventario.lotes.models import Lote
from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.gestos import abrir_filtros, apretar, campo
from inventario.tests.navegador.pantallas import DOS, Pantalla, Vigia, se_ve_bien


def bajar(pagina: Page, nombre: str) -> str:
    """El texto del archivo que baja ese enlace."""
    with pagina.expect_download() as bajada:
        pagina.get_by_role("link", name=nombre, exact=True).click()
    return Path(bajada.value.path()).read_text("utf-8-sig")


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_filtrar_lotes_y_bloquear_uno(granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, "/lotes/")
    tabla = pagina.locator("#tabla")
    abrir_filtros(pagina)
    campo(pagina, "Estado").select_option("vencido")
    expect(tabla).not_to_contain_text("PRONTO")
    expect(tabla).to_contain_text("VIEJO")
    campo(pagina, "Estado").select_option("bloqueado")
    expect(tabla).to_contain_text("Ningún lote cumple ese filtro")
    tabla.get_by_role("link", name="Quitar el filtro").click()
    tabla.get_by_role("link", name="TARDE", exact=True).click()
    pagina.wait_for_url(f"**/lotes/{granja.tarde.pk}/")
    bloqueo = pagina.locator("#bloqueo")
    bloqueo.locator("summary").click()
    campo(bloqueo, "Motivo").fill("   ")
    apretar(bloqueo, "Bloquear")
    expect(pagina.locator("#id_motivo_error")).to_be_visible()
    se_ve_bien(pagina)
    campo(bloqueo, "Motivo").fill("Huele mal")
    bloqueo.get_by_role("button", name="Bloquear", exact=True).dblclick()
    expect(pagina.get_by_text("Se bloqueó 1 lote.")).to_be_visible()
    expect(pagina.get_by_role("link", name="Salida", exact=True)).to_have_count(0)
    se_ve_bien(pagina)
    bloqueo.locator("summary").click()
    campo(bloqueo, "Motivo").fill("Ya se revisó")
    apretar(bloqueo, "Desbloquear")
    expect(pagina.get_by_text("Se desbloqueó 1 lote.")).to_be_visible()
    with granja.libros():
        assert not Lote.objects.get(pk=granja.tarde.pk).bloqueado


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_movimientos_se_filtran_y_se_bajan(granja: Granja, abrir: Abrir, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, "/movimientos/")
    tabla = pagina.locator("#tabla")
    expect(tabla).to_contain_text("Vitamina C")
    abrir_filtros(pagina)
    campo(pagina, "Módulo").fill("engorde")
    expect(tabla).not_to_contain_text("Vitamina C")
    expect(tabla).to_contain_text("Alimento de engorde")
    archivo = bajar(pagina, "CSV")
    assert "PRONTO" in archivo
    assert "VIEJO" not in archivo
    campo(pagina, "Hasta").fill("2020-01-01")
    expect(tabla).to_contain_text("Revise las fechas")
    se_ve_bien(pagina)


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_seguir_un_lote_y_bloquear_todo_lo_suyo(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, "/trazabilidad/")
    campo(pagina, "Lote o lote del proveedor").fill("PRON")
    apretar(pagina, "Seguir")
    principal = pagina.locator("main")
    expect(principal).to_contain_text("Ningún lote lleva ese código")
    se_ve_bien(pagina)
    # No adivina, pero ofrece el parecido.
    principal.get_by_role("link").filter(has_text="PRONTO").click()
    expect(principal).to_contain_text("Cuadra")
    expect(principal).to_contain_text("engorde")
    expect(principal).to_contain_text("T-4")
    assert "PRONTO" in bajar(pagina, "CSV")
    retiro = pagina.locator("#retiro")
    campo(retiro, "Motivo").fill("  ")
    # Sin la casilla, el navegador no deja enviarlo.
    apretar(retiro, "Bloquear todos")
    expect(retiro.get_by_label("Sí, bloquear todos estos lotes")).to_be_focused()
    retiro.get_by_label("Sí, bloquear todos estos lotes").check()
    apretar(retiro, "Bloquear todos")
    expect(pagina.locator("#id_motivo_error")).to_be_visible()
    se_ve_bien(pagina)
    campo(retiro, "Motivo").fill("Retiro del fabricante")
    retiro.get_by_role("button", name="Bloquear todos", exact=True).dblclick()
    expect(pagina.get_by_text("Se bloqueó 1 lote.")).to_be_visible()
    expect(retiro).to_contain_text("Todos estos lotes están bloqueados.")
    with granja.libros():
        assert list(Lote.objects.filter(bloqueado=True)) == [granja.pronto]
