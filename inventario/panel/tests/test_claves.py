"""La clave de un formulario que se dibuja otra vez: si lo enviado ya se guardó, no se guarda de nuevo."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import HOY, Mundo
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE
from inventario.panel.tests.conftest import Navegador
from inventario.productos.models import Producto

YA_SE_GUARDO = "Ese formulario ya se guardó antes con otros datos."
LINEA: dict[str, Any] = {"lineas-TOTAL_FORMS": 1, "lineas-INITIAL_FORMS": 0, "lineas-0-producto": "ALIM-35"}
ENTRADA = {
    **LINEA,
    "lineas-0-cantidad": "5",
    "lineas-0-sin_vencimiento": "on",
    "fecha_ingreso": str(HOY),
    "motivo": "compra",
}
MULTIPLE = {**LINEA, "lineas-0-cantidad": "5", "motivo": "consumo"}
OTRA_LINEA = {"lineas-TOTAL_FORMS": 2, "lineas-1-producto": "ALIM-35", "lineas-1-cantidad": "1"}


@pytest.fixture
def alimento(granja: Mundo) -> Producto:
    producto = granja.producto("ALIM-35", codigo_barras="7501031311309")
    granja.entrada(producto, 30, vence=HOY + timedelta(days=30))
    return producto


def clave_de(respuesta: Any) -> str:
    [clave] = re.findall(rf'name="{CAMPO_DE_CLAVE}" value="([^"]*)"', respuesta.content.decode())
    return str(clave)


@pytest.mark.parametrize(
    ("ruta", "datos", "redibuja", "extra"),
    [
        ("/entradas/nueva/", ENTRADA, "/entradas/nueva/lineas/", OTRA_LINEA),
        ("/entradas/nueva/", ENTRADA, "/entradas/leer-codigo", {"escaneo": "7501031311309"}),
        ("/despachos/multiple/", MULTIPLE, "/despachos/multiple/lineas/", OTRA_LINEA),
        ("/despachos/nuevo/", {"cantidad": "5", "motivo": "consumo"}, "/despachos/vista-previa/", {}),
    ],
)
def test_lo_guardado_sin_respuesta_no_se_guarda_otra_vez(
    granja: Mundo,
    navegador: Navegador,
    alimento: Producto,
    ruta: str,
    datos: dict[str, Any],
    redibuja: str,
    extra: dict[str, Any],
) -> None:
    datos = {**datos, "producto": alimento.pk}
    clave = clave_de(navegador.get(ruta))
    # Se guardó, y la respuesta no llegó: la página sigue siendo la misma.
    assert navegador.confirmar(ruta, datos, clave=clave).status_code == 303
    hecho, asientos = granja.foto(), Asiento.objects.count()
    otra_vez = navegador.post(redibuja, {**datos, **extra, CAMPO_DE_CLAVE: clave})
    assert otra_vez.status_code == 200
    assert clave_de(otra_vez) == clave
    respuesta = navegador.mover(ruta, {**datos, "referencia": "otra"}, clave=clave_de(otra_vez))
    assert respuesta.status_code == 409
    assert YA_SE_GUARDO in respuesta.content.decode()
    assert (granja.foto(), Asiento.objects.count()) == (hecho, asientos)


def test_leer_con_enter_despues_de_guardar_lo_dice(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    navegador.mover("/entradas/nueva/", ENTRADA, clave="una")
    hecho = granja.foto()
    leido = navegador.mover("/entradas/nueva/", {**ENTRADA, "escaneo": "7501031311309"}, clave="una")
    assert leido.status_code == 409
    assert YA_SE_GUARDO in leido.content.decode()
    assert granja.foto() == hecho


@pytest.mark.parametrize(
    "ruta", ["/entradas/nueva/lineas/", "/despachos/multiple/lineas/", "/despachos/vista-previa/"]
)
@pytest.mark.parametrize("clave", ["", "x" * 129, "a\nb"])
def test_una_clave_que_no_vale_se_cambia_por_una_nueva(
    navegador: Navegador, alimento: Producto, ruta: str, clave: str
) -> None:
    respuesta = navegador.post(ruta, {**ENTRADA, CAMPO_DE_CLAVE: clave})
    assert re.fullmatch(r"[0-9a-f]{32}", clave_de(respuesta))


@pytest.mark.parametrize("ruta", ["/entradas/nueva/", "/despachos/nuevo/", "/despachos/multiple/"])
def test_la_direccion_no_pone_la_clave(navegador: Navegador, alimento: Producto, ruta: str) -> None:
    assert clave_de(navegador.get(ruta, {CAMPO_DE_CLAVE: "puesta"})) != "puesta"
