"""Reservar, confirmar una parte, extender y cancelar desde el navegador."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inventario.reservas.models import Reserva
from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.gestos import abrir_filtros, apretar, campo, elegir, en_recibo, ir
from inventario.tests.navegador.pantallas import DOS, Pantalla, Vigia, esperar_lista, se_ve_bien


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_reservar(granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla) -> None:
    vigia.esperados.add(422)
    pagina = abrir(pantalla, "/reservas/")
    expect(pagina.get_by_text("No hay reservas pendientes")).to_be_visible()
    pagina.get_by_role("link", name="Reservar", exact=True).first.click()
    pagina.wait_for_url("**/reservas/nueva/")
    esperar_lista(pagina)
    elegir(pagina, "Producto", "alim", "Alimento de engorde")
    campo(pagina, "Cantidad").fill("400")
    apretar(pagina, "Reservar")
    expect(pagina.locator("#id_cantidad_error")).to_contain_text("No alcanza")
    expect(campo(pagina, "Cantidad")).to_have_value("400")
    se_ve_bien(pagina)
    campo(pagina, "Cantidad").fill("8")
    campo(pagina, "Módulo").fill("engorde")
    pagina.get_by_role("button", name="Reservar", exact=True).dblclick()
    expect(pagina.get_by_text("Listo: quedó reservado.")).to_be_visible()
    with granja.libros():
        assert [str(una.apartado.cantidad) for una in Reserva.objects.select_related("apartado")] == [
            "8.0000"
        ]
    # El contador anda solo.
    ir(pagina, "/reservas/")
    expect(pagina.locator("#tabla")).to_contain_text("quedan")
    abrir_filtros(pagina)
    campo(pagina, "Módulo").fill("nadie")
    expect(pagina.get_by_text("Ninguna reserva cumple ese filtro")).to_be_visible()


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_confirmar_una_parte_extender_y_cancelar(
    granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla
) -> None:
    vigia.esperados |= {409, 422}
    reserva = granja.reserva(8)
    antes = granja.asientos()
    pagina = abrir(pantalla, "/reservas/")
    pagina.get_by_role("link", name="Atender la reserva de Alimento de engorde").click()
    pagina.wait_for_url(f"**/reservas/{reserva.pk}/")
    campo(pagina, "Cantidad").fill("50")
    apretar(pagina, "Confirmar y sacar")
    expect(pagina.locator("#id_cantidad_error")).to_be_visible()
    se_ve_bien(pagina)
    assert granja.asientos() == antes
    campo(pagina, "Cantidad").fill("3")
    pagina.get_by_role("button", name="Confirmar y sacar", exact=True).dblclick()
    en_recibo(pagina)
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 43)

    ir(pagina, f"/reservas/{reserva.pk}/")
    expect(pagina.locator("main")).to_contain_text("Sigue reservado")
    pagina.locator("summary", has_text="Extender").click()
    campo(pagina, "Que dure, en horas").fill("48")
    apretar(pagina, "Extender")
    expect(pagina.get_by_text("Vence en 48 horas.")).to_be_visible()

    otra = abrir(pantalla, f"/reservas/{reserva.pk}/")
    pagina.locator("summary", has_text="Cancelar la reserva").click()
    campo(pagina, "Por qué se cancela").fill("  ")
    apretar(pagina, "Cancelar la reserva")
    expect(pagina.locator("#id_motivo_error")).to_be_visible()
    campo(pagina, "Por qué se cancela").fill("Ya no hace falta")
    apretar(pagina, "Cancelar la reserva")
    expect(pagina.get_by_text("Se canceló: lo que restaba quedó libre.")).to_be_visible()
    se_ve_bien(pagina)
    # Quien todavía la ve pendiente se entera, y no sale nada.
    apretar(otra, "Confirmar y sacar")
    expect(otra.locator("#reserva").get_by_role("alert")).to_be_visible()
    assert (granja.asientos(), granja.fisica(granja.alimento)) == (antes + 1, 43)
