"""Las alertas desde el navegador: mirarlas, atender una con su nota, y la que ya no existe."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from inventario.alertas.models import Alerta
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.gestos import apretar, campo, ir
from inventario.tests.navegador.pantallas import DOS, Pantalla, Vigia, se_ve_bien


@pytest.mark.parametrize("pantalla", DOS, ids=str)
def test_atender_una_alerta(granja: Granja, abrir: Abrir, vigia: Vigia, pantalla: Pantalla) -> None:
    vigia.esperados |= {409, 422}
    with granja.libros():
        alerta = Alerta.objects.get(lote=granja.vencido)
    pagina = abrir(pantalla, "/alertas/")
    fila = pagina.locator(f"#alerta-{alerta.pk}")
    expect(fila).to_contain_text("VIEJO")
    pagina.get_by_role("link", name="7 días", exact=True).click()
    expect(pagina.locator("#alertas")).not_to_contain_text("PRONTO")
    atender = fila.get_by_role("link", name="Atender", exact=True)
    atender.click()
    lateral = pagina.get_by_role("dialog")
    expect(campo(lateral, "Qué se va a hacer")).to_be_visible()
    se_ve_bien(pagina)
    pagina.keyboard.press("Escape")
    expect(lateral).to_be_hidden()
    atender.click()
    campo(lateral, "Qué se va a hacer").fill("Se da de baja hoy")
    lateral.get_by_role("button", name="Marcar como atendida", exact=True).dblclick()
    expect(pagina.get_by_text("La alerta quedó atendida.")).to_be_visible()
    expect(fila).to_contain_text("Se da de baja hoy")
    se_ve_bien(pagina)
    pagina.get_by_role("link", name="Sin atender", exact=True).click()
    expect(fila).to_have_count(0)

    # Mientras alguien la mira, otro la resuelve: se cierra sola y ya no se atiende.
    ir(pagina, f"/alertas/{alerta.pk}/reconocer/")
    with granja.libros() as mundo:
        services.registrar_merma(
            actor=mundo.actor,
            lote=granja.vencido,
            cantidad=Decimal(5),
            glosa=Glosa(motivo=Motivo.VENCIMIENTO),
        )
    apretar(pagina, "Marcar como atendida")
    expect(pagina.get_by_text("La alerta ya se cerró")).to_be_visible()
    se_ve_bien(pagina)
    ir(pagina, "/alertas/historial/")
    expect(pagina.locator("main")).to_contain_text("Se da de baja hoy")
