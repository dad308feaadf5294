"""Formularios enviados a la vez, con hilos de verdad: en SQLite un solo turno de escritura lo esconde."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from inventario.cuentas.permisos import Rol
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import HOY, Mundo
from inventario.panel.tests.conftest import Navegador, a_la_vista
from inventario.productos.models import Producto

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

HILOS = 4
DESPACHO = "/despachos/nuevo/"


@pytest.fixture
def alimento(granja: Mundo) -> Producto:
    producto = granja.producto("ALIM-35")
    granja.entrada(producto, 10, vence=HOY + timedelta(days=30), codigo="PRONTO")
    return producto


def a_la_vez(*tareas: Callable[[], Any]) -> list[Any]:
    """Corre cada tarea en su hilo y su conexión, todas soltadas juntas."""
    barrera = Barrier(len(tareas))

    def correr(tarea: Callable[[], Any]) -> Any:
        try:
            barrera.wait(timeout=20)
            return tarea()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tareas)) as hilos:
        return list(hilos.map(correr, tareas))


def enviar_a_la_vez(navegador: Navegador, ruta: str, *envios: tuple[str, dict[str, Any]]) -> list[Any]:
    """Cada (clave, datos) desde su propia pestaña, con la misma sesión."""

    def pestana(clave: str, datos: dict[str, Any]) -> Callable[[], Any]:
        otra = Navegador()
        otra.cookies = navegador.cookies
        return lambda: otra.mover(ruta, datos, clave=clave)

    return a_la_vez(*(pestana(clave, datos) for clave, datos in envios))


def despacho(navegador: Navegador, producto: Producto, cantidad: str) -> dict[str, Any]:
    """Lo que envía quien ya miró de qué lotes sale."""
    datos: dict[str, Any] = {"producto": producto.pk, "cantidad": cantidad, "motivo": "consumo"}
    return {**datos, **a_la_vista(navegador.get(DESPACHO, datos))}


def test_el_mismo_despacho_a_la_vez_sale_una_vez(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    respuestas = enviar_a_la_vez(navegador, DESPACHO, *[("una", despacho(navegador, alimento, "3"))] * HILOS)
    assert [respuesta.status_code for respuesta in respuestas] == [303] * HILOS
    assert len({respuesta["Location"] for respuesta in respuestas}) == 1
    assert granja.fisica(alimento) == 7


def test_dos_despachos_que_no_caben_juntos_sale_uno(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    datos = despacho(navegador, alimento, "6")
    envios = [(f"clave-{n}", datos) for n in range(HILOS)]
    respuestas = enviar_a_la_vez(navegador, DESPACHO, *envios)
    assert sorted(respuesta.status_code for respuesta in respuestas) == [303] + [422] * (HILOS - 1)
    assert granja.fisica(alimento) == 4


def test_lo_visto_que_otro_se_lleva_a_la_vez_no_sale_de_otro_lote(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    """Hay para los dos, pero no del lote que ambos vieron: el segundo se entera antes de que salga."""
    granja.entrada(alimento, 10, vence=HOY + timedelta(days=60), codigo="TARDE")
    visto = despacho(navegador, alimento, "6")
    respuestas = enviar_a_la_vez(navegador, DESPACHO, ("a", visto), ("b", visto))
    assert sorted(respuesta.status_code for respuesta in respuestas) == [303, 422]
    assert granja.fisica(alimento) == 14
    assert [lote.saldo for lote in alimento.lotes.order_by("codigo")] == [4, 10]


def test_la_misma_entrada_a_la_vez_entra_una_vez(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    datos = {
        "lineas-TOTAL_FORMS": 1,
        "lineas-INITIAL_FORMS": 0,
        "lineas-0-producto": "ALIM-35",
        "lineas-0-cantidad": "5",
        "lineas-0-sin_vencimiento": "on",
        "fecha_ingreso": str(HOY),
        "motivo": "compra",
    }
    respuestas = enviar_a_la_vez(navegador, "/entradas/nueva/", *[("una", datos)] * HILOS)
    assert [respuesta.status_code for respuesta in respuestas] == [303] * HILOS
    assert len({respuesta["Location"] for respuesta in respuestas}) == 1
    assert (granja.fisica(alimento), alimento.lotes.count()) == (15, 2)


def test_deshacer_a_la_vez_deshace_una(
    granja: Mundo, navegador: Navegador, entrar: Callable[..., Navegador], alimento: Producto
) -> None:
    """Con la misma clave es el mismo reverso; con otra, se dice que ya estaba deshecho."""
    navegador.mover(DESPACHO, despacho(navegador, alimento, "6"))
    salida = Asiento.objects.latest("pk")
    ruta = f"/asientos/{salida.pk}/revertir/"
    envios = [(clave, {"motivo": "me equivoqué"}) for clave in ("una", "una", "otra")]
    respuestas = enviar_a_la_vez(entrar(Rol.SUPERVISOR), ruta, *envios)
    assert sorted(respuesta.status_code for respuesta in respuestas) in ([303, 303, 422], [303, 422, 422])
    assert granja.fisica(alimento) == 10
    assert Asiento.objects.filter(revierte=salida).count() == 1
