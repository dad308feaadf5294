"""Un reporte que leería demasiado no se arma mientras alguien espera: se ofrece encargarlo."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventario.movimientos.tests.mundo import HOY, Mundo
from inventario.panel import reportes_peso
from inventario.panel.tests.conftest import Navegador

PESADOS = sorted(reportes_peso._PESOS)
AYER = HOY - timedelta(days=1)


@pytest.fixture
def movida(granja: Mundo) -> Mundo:
    """Dos lotes que vencen pronto, cada uno con una salida y una merma."""
    for numero in range(2):
        lote = granja.entrada(granja.producto(f"P-{numero}"), 9, vence=HOY + timedelta(days=5))
        granja.salida(lote, 1)
        granja.merma(lote, 1)
    return granja


@pytest.mark.parametrize("clave", PESADOS)
def test_justo_en_el_tope_se_ve_y_con_uno_mas_se_encarga(
    movida: Mundo, navegador: Navegador, monkeypatch: pytest.MonkeyPatch, clave: str
) -> None:
    # Ayer no se había movido nada: la valorización lee todo lo de después.
    ruta = f"/reportes/{clave}/" + (f"?fecha={AYER}" if clave == "valorizacion" else "")
    for tope, aparte in ((6, False), (0, True)):
        monkeypatch.setattr(reportes_peso, "SUMADAS", tope)
        monkeypatch.setattr(reportes_peso, "LEIDAS", tope)
        respuesta = navegador.get(ruta)
        assert (respuesta.status_code, respuesta.context["aparte"]) == (200, aparte)
        assert ("visto" in respuesta.context) is not aparte
        ofrece = f'action="/reportes/{clave}/encargar/?' in respuesta.content.decode()
        assert ofrece is aparte


def test_su_archivo_tampoco_se_arma_al_momento(
    movida: Mundo, navegador: Navegador, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruta = "/reportes/rotacion/archivo.csv"
    assert navegador.get(ruta)["Content-Type"].startswith("text/csv")
    monkeypatch.setattr(reportes_peso, "SUMADAS", 0)
    assert navegador.get(ruta).context["aparte"] is True
