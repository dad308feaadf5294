"""Ninguna lectura del libro cuesta más consultas porque haya más filas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.cuentas.models import ClaveApi
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db
V1 = "/api/v1/inventario"
POCAS, MUCHAS = 5, 60
DE_TRANSACCION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")


@pytest.fixture
def contar(cliente: ClienteApi) -> Callable[[str], tuple[int, int]]:
    """Da cuántas filas y cuántas consultas costó, sin anotar el uso de la clave: va una vez por minuto."""

    def medir(ruta: str) -> tuple[int, int]:
        assert cliente.get(ruta).status_code == 200
        assert ClaveApi.objects.filter(ultimo_uso_en=None).count() == 0
        with CaptureQueriesContext(connection) as consultas:
            cuerpo = cliente.get(ruta).json()
        # Un kárdex y un asiento traen sus filas adentro; una lista lo es.
        filas = (cuerpo.get("lineas") or cuerpo["movimientos"]) if isinstance(cuerpo, dict) else cuerpo
        return len(filas), len([c for c in consultas if not c["sql"].startswith(DE_TRANSACCION)])

    return medir


def poblar(granja: Mundo, producto: Producto, hasta: int) -> None:
    """Deja `hasta` lotes del producto (y otros tantos productos con uno), en las dos bodegas."""
    while Producto.objects.count() < hasta:
        n = Producto.objects.count()
        granja.entrada(granja.producto(f"P-{n}"), 1, bodega=granja.otra if n % 2 else granja.bodega)
    for n in range(producto.lotes.count(), hasta):
        granja.entrada(producto, 1, vence=dia(n), codigo=f"L-{n}")


# Identificar la clave y hallar su bodega son dos; contar y leer la página, las demás.
LISTAS = {
    f"{V1}/lotes?limit=200": 4,
    f"{V1}/lotes?cursor=&limit=200": 3,
    f"{V1}/movimientos?limit=500": 4,
    f"{V1}/movimientos?cursor=&limit=200&orden=-fecha_movimiento": 3,
    f"{V1}/asientos?limit=500": 4,
    f"{V1}/existencias?limit=200": 8,
    f"{V1}/existencias?limit=200&al=2026-03-10T15:00:00Z": 6,
    # Desde el comienzo no hay saldo anterior que sumar.
    "/api/v1/productos/{producto}/kardex?limit=500": 4,
    "/api/v1/productos/{producto}/kardex?limit=500&desde=2026-03-10": 5,
    f"{V1}/despachar/vista-previa?producto_id={{producto}}&cantidad={{cantidad}}": 5,
}


@pytest.mark.parametrize(("ruta", "consultas"), LISTAS.items())
def test_leer_cuesta_lo_mismo_con_pocas_filas_que_con_muchas(
    granja: Mundo, contar: Callable[[str], tuple[int, int]], ruta: str, consultas: int
) -> None:
    producto = granja.producto()
    medidas = []
    for cuantas in (POCAS, MUCHAS):
        poblar(granja, producto, cuantas)
        medidas.append(contar(ruta.format(producto=producto.pk, cantidad=cuantas)))
    assert medidas[0][0] < medidas[1][0], "No creció lo leído: la prueba no probaría nada."
    assert [medida[1] for medida in medidas] == [consultas, consultas]


def test_ver_un_asiento_cuesta_lo_mismo_con_pocas_lineas_que_con_muchas(
    granja: Mundo, contar: Callable[[str], tuple[int, int]]
) -> None:
    producto = granja.producto()
    poblar(granja, producto, MUCHAS)
    pocas, muchas = granja.fefo(producto, POCAS), granja.fefo(producto, MUCHAS - POCAS)
    assert contar(f"{V1}/asientos/{pocas.pk}") == (POCAS, 4)
    assert contar(f"{V1}/asientos/{muchas.pk}") == (MUCHAS - POCAS, 4)


def test_una_pagina_lejana_por_cursor_cuesta_lo_mismo(
    granja: Mundo, cliente: ClienteApi, contar: Callable[[str], tuple[int, int]]
) -> None:
    poblar(granja, granja.producto(), MUCHAS)
    ruta = f"{V1}/movimientos?cursor=&limit=10"
    for _ in range(8):
        assert contar(ruta) == (10, 3)
        enlace = cliente.get(ruta)["Link"]
        ruta = next(parte for parte in enlace.split(", ") if 'rel="next"' in parte).split(">")[0][1:]
