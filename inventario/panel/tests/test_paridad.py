"""Lo que aseguraban las pruebas de las páginas del sistema de origen (contrato §7, filas 34 a 40).

El origen pedía sus datos a la API por HTTP; aquí una página es una sola solicitud, y se cuenta esa.
"""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest

from inventario.movimientos.tests.mundo import HOY, Mundo, cant
from inventario.panel.tests.conftest import Navegador
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def balanceado(granja: Mundo) -> Producto:
    return granja.producto("BAL-35", nombre="Balanceado de engorde", stock_minimo=cant(5))


def texto(navegador: Navegador, ruta: str) -> str:
    respuesta = navegador.get(ruta)
    assert respuesta.status_code == 200
    cuerpo: str = respuesta.content.decode()
    return cuerpo


def test_t34_las_paginas_son_importables() -> None:
    assert importlib.import_module("inventario.panel.urls").urlpatterns


@pytest.mark.parametrize("como", ["entera", "por reloj"])
def test_t35_productos_al_refrescar(navegador: Navegador, balanceado: Producto, como: str) -> None:
    pedir = navegador.get if como == "entera" else navegador.fragmento
    respuesta = pedir("/productos/")
    assert [fila.nombre for fila in respuesta.context["pagina"]] == [balanceado.nombre]
    assert "1 productos" in respuesta.content.decode()


@pytest.mark.parametrize(
    ("ruta", "titulo"),
    [
        ("/", "Inicio"),
        ("/alertas/", "Alertas"),
        ("/productos/", "Productos"),
        ("/lotes/", "Lotes"),
        ("/reportes/", "Reportes"),
    ],
)
def test_t36_cada_direccion_lleva_a_su_pagina(navegador: Navegador, ruta: str, titulo: str) -> None:
    assert f"<title>{titulo}" in texto(navegador, ruta)


def test_t36_una_direccion_que_no_existe_lo_dice(navegador: Navegador) -> None:
    """La excepción declarada: el origen mostraba las alertas."""
    assert navegador.get("/no-existe/").status_code == 404


def test_t37_una_alerta_de_cada_clase(granja: Mundo, navegador: Navegador, balanceado: Producto) -> None:
    lote = granja.entrada(balanceado, 2, vence=HOY + timedelta(days=10), codigo="PRONTO")
    cuerpo = texto(navegador, "/alertas/?dias=30")
    assert "1 alertas de stock mínimo" in cuerpo
    assert "1 alertas de lotes por vencer" in cuerpo
    filas = {
        bloque.tipo: [
            (fila.alerta.producto.sku, fila.alerta.lote_id, bool(fila.alerta.mensaje))
            for fila in bloque.filas
        ]
        for bloque in navegador.get("/alertas/?dias=30").context["bloques"]
        if bloque.filas
    }
    assert filas == {
        "stock_minimo": [("BAL-35", None, True)],
        "por_vencer": [("BAL-35", lote.pk, True)],
    }


def test_t38_entrada(granja: Mundo, navegador: Navegador, balanceado: Producto) -> None:
    datos = {
        "lineas-TOTAL_FORMS": "1",
        "lineas-INITIAL_FORMS": "0",
        "lineas-0-producto": balanceado.sku,
        "lineas-0-cantidad": "7",
        "lineas-0-sin_vencimiento": "on",
        "fecha_ingreso": str(HOY),
        "motivo": "compra",
    }
    respuesta = navegador.mover("/entradas/nueva/", datos)
    assert respuesta.status_code == 303
    assert "Lote registrado con éxito" in texto(navegador, respuesta["Location"])
    assert granja.fisica(balanceado) == 7


def test_t39_salida(granja: Mundo, navegador: Navegador, balanceado: Producto) -> None:
    lote = granja.entrada(balanceado, 7)
    respuesta = navegador.mover(f"/lotes/{lote.pk}/salida/", {"cantidad": "2", "motivo": "consumo"})
    assert "Salida registrada con éxito" in texto(navegador, respuesta["Location"])
    assert granja.fisica(balanceado) == 5


def test_t40_despacho_fefo(granja: Mundo, navegador: Navegador, balanceado: Producto) -> None:
    granja.entrada(balanceado, 7)
    datos = {"producto": balanceado.pk, "cantidad": "3", "motivo": "consumo"}
    respuesta = navegador.confirmar("/despachos/nuevo/", datos)
    assert "Salida FEFO registrada con éxito" in texto(navegador, respuesta["Location"])
    assert granja.fisica(balanceado) == 4
