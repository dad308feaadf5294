"""Toda página, en los dos tamaños y en los dos temas: cabe, se entiende sin verla y no se queja de nada."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.pantallas import TODAS, Pantalla, cabe, sin_faltas_graves

RUTAS: dict[str, Callable[[Granja], str]] = {
    "inicio": lambda g: "/",
    "alertas": lambda g: "/alertas/",
    "productos": lambda g: "/productos/",
    "producto": lambda g: f"/productos/{g.alimento.pk}/",
    "producto-nuevo": lambda g: "/productos/nuevo/",
    "buscar": lambda g: "/buscar/?q=a",
    "buscar-nada": lambda g: "/buscar/?q=zzzz",
    "entrada": lambda g: "/entradas/nueva/",
    "despacho": lambda g: f"/despachos/nuevo/?producto={g.alimento.pk}&cantidad=12",
    "despacho-multiple": lambda g: "/despachos/multiple/",
    "recibo": lambda g: f"/asientos/{g.despacho.pk}/",
    "salida": lambda g: f"/lotes/{g.tarde.pk}/salida/",
    "merma": lambda g: f"/lotes/{g.vencido.pk}/merma/",
    "conteo": lambda g: f"/productos/{g.alimento.pk}/conteo/",
    "lotes": lambda g: "/lotes/",
    "lote": lambda g: f"/lotes/{g.pronto.pk}/",
    "movimientos": lambda g: "/movimientos/",
    "reservas": lambda g: "/reservas/",
    "trazabilidad": lambda g: "/trazabilidad/?q=PRONTO",
    "reportes": lambda g: "/reportes/",
}


@pytest.mark.parametrize("nombre", RUTAS)
@pytest.mark.parametrize("pantalla", TODAS, ids=str)
def test_se_ve_bien(granja: Granja, abrir: Abrir, nombre: str, pantalla: Pantalla) -> None:
    ruta = RUTAS[nombre](granja)
    pagina = abrir(pantalla, dentro=True)
    respuesta = pagina.goto(ruta)
    assert respuesta is not None
    assert respuesta.status == 200
    pagina.wait_for_load_state("networkidle")
    assert pagina.evaluate("document.documentElement.dataset.bsTheme") == pantalla.tema
    cabe(pagina)
    sin_faltas_graves(pagina)


@pytest.mark.parametrize("pantalla", TODAS, ids=str)
@pytest.mark.parametrize("ruta", ["/entrar/", "/olvido/"])
def test_las_de_afuera_se_ven_bien(abrir: Abrir, ruta: str, pantalla: Pantalla) -> None:
    pagina = abrir(pantalla, ruta, dentro=False)
    assert pagina.evaluate("document.documentElement.dataset.bsTheme") == pantalla.tema
    cabe(pagina)
    sin_faltas_graves(pagina)
