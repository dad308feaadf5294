"""La base ocupada por otro: cada puerta lo dice a tiempo, con cuándo volver, y no se pierde lo escrito."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from inventario.borde.caidas import Caida, caida_de
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Rol
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import cliente_con
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE
from inventario.panel.tests.conftest import HTMX, Navegador, entrar_en
from inventario.productos.models import Producto
from inventario.tests.planta import base_de_datos

pytestmark = [pytest.mark.django_db(transaction=True)]

ESPERA_MS = 300
TOPE_S = 3.0


@contextmanager
def ocupada(tabla: str) -> Iterator[None]:
    """Otra conexión tiene tomadas las filas de la tabla; en SQLite, el turno de escribir."""
    if connection.vendor == "postgresql":
        with psycopg.connect(base_de_datos()) as otra:
            otra.execute(f"LOCK TABLE {tabla} IN EXCLUSIVE MODE")
            yield
            otra.rollback()
    else:
        with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as suya:
            suya.execute("BEGIN IMMEDIATE")
            yield
            suya.execute("ROLLBACK")


@pytest.fixture(autouse=True)
def poca_paciencia(settings: Any) -> Iterator[None]:
    settings.BD_ESPERA_BLOQUEO_MS = ESPERA_MS
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {ESPERA_MS}")
    yield
    connection.close()


@pytest.fixture
def producto(mundo: Mundo) -> Producto:
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=0)
        mundo.entrada(producto, 10)
    return producto


@pytest.fixture
def navegador(mundo: Mundo) -> Navegador:
    navegador = entrar_en(mundo.empresa, Rol.ADMINISTRADOR)
    navegador.raise_request_exception = False
    return navegador


def enseguida(pedir: Callable[[], Any]) -> Any:
    empezo = time.monotonic()
    respuesta = pedir()
    assert respuesta.status_code == 503, respuesta.content.decode()[:500]
    assert time.monotonic() - empezo < TOPE_S
    assert respuesta["Retry-After"] == "2"
    return respuesta


def asientos(mundo: Mundo) -> int:
    with en_empresa(mundo.empresa):
        return Asiento.objects.count()


def despacho(producto: Producto) -> dict[str, Any]:
    return {
        "producto": producto.pk,
        "cantidad": "2",
        "motivo": "consumo",
        "notas": "Se rompió <un> saco",
        CAMPO_DE_CLAVE: "clave-de-este-formulario",
    }


def test_la_pagina_devuelve_lo_escrito_y_con_su_clave_se_manda_otra_vez(
    mundo: Mundo, navegador: Navegador, producto: Producto
) -> None:
    ruta, datos = "/despachos/nuevo/", despacho(producto)
    with ocupada("movimientos_existencia"):
        respuesta = enseguida(lambda: navegador.post(ruta, datos))
    html = respuesta.content.decode()
    assert "Otra operación tenía ocupado" in html
    assert f'<form method="post" action="{ruta}"' in html
    guardados = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html))
    assert guardados[CAMPO_DE_CLAVE] == "clave-de-este-formulario"
    assert (guardados["cantidad"], guardados["notas"]) == ("2", "Se rompió &lt;un&gt; saco")
    assert asientos(mundo) == 1
    otra_vez = navegador.confirmar(ruta, datos, clave=guardados[CAMPO_DE_CLAVE])
    assert (otra_vez.status_code, asientos(mundo)) == (303, 2)


def test_htmx_recibe_el_aviso_y_nada_que_poner_en_lugar_del_formulario(
    mundo: Mundo, navegador: Navegador, producto: Producto
) -> None:
    with ocupada("movimientos_existencia"):
        respuesta = enseguida(lambda: navegador.post("/despachos/nuevo/", despacho(producto), headers=HTMX))
    aviso = json.loads(respuesta["HX-Trigger"])["avisar"]
    assert (aviso["clase"], aviso["texto"][:29]) == ("danger", "Otra operación tenía ocupado ")
    assert asientos(mundo) == 1


def test_las_dos_api_responden_su_sobre(mundo: Mundo, producto: Producto) -> None:
    _, clave = crear_clave_api(empresa=mundo.empresa, nombre="Prueba", alcances=tuple(PERMISOS_POR_ALCANCE))
    cliente = cliente_con(clave)
    with ocupada("movimientos_existencia"):
        cuerpo = {"producto_id": producto.pk, "cantidad": 1}
        es = enseguida(lambda: cliente.post("/api/v1/inventario/despachar/", cuerpo))
        uso = {
            "item_master_id": producto.pk,
            "quantity": 1,
            "purpose": "Alimentar",
            "module_reference": "engorde",
        }
        en = enseguida(lambda: cliente.post("/api/v1/inventory/stock/use", uso))
    assert es.json()["codigo"] == "no_disponible"
    assert es.json()["detail"].startswith("Otra operación tenía ocupado")
    assert en.json() == {
        "detail": "Another operation held what this one needed: nothing was saved, try again"
    }
    assert asientos(mundo) == 1


def test_el_admin_tambien(mundo: Mundo, navegador: Navegador, producto: Producto) -> None:
    Usuario.objects.update(is_staff=True)
    ruta = f"/admin/productos/producto/{producto.pk}/change/"
    pagina = navegador.get(ruta)
    assert pagina.status_code == 200
    datos = pagina.context["adminform"].form.initial | {"nombre": "Otro nombre"}
    datos = {campo: valor for campo, valor in datos.items() if valor is not None}
    with ocupada("productos_producto"):
        respuesta = enseguida(lambda: navegador.post(ruta, datos))
    assert 'value="Otro nombre"' in respuesta.content.decode()
    with en_empresa(mundo.empresa):
        producto.refresh_from_db()
    assert producto.nombre != "Otro nombre"


def test_lo_que_corre_sin_empresa_tampoco_espera_y_la_contrasena_no_vuelve_en_la_pagina(mundo: Mundo) -> None:
    entrar_en(mundo.empresa, Rol.OPERADOR)
    cliente = Client(raise_request_exception=False)
    connection.close()  # para que la que se abra ahora tenga la poca paciencia de esta prueba
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {ESPERA_MS}")
    datos = {"username": f"{Rol.OPERADOR}-{mundo.empresa.slug}-0@granja.ec", "password": "clave-de-prueba"}
    with ocupada("cuentas_sesionweb"):
        respuesta = enseguida(lambda: cliente.post("/entrar/", datos))
    assert "clave-de-prueba" not in respuesta.content.decode()


@pytest.mark.postgresql
def test_una_sentencia_eterna_se_corta_y_se_explica_igual(mundo: Mundo, settings: Any) -> None:
    settings.BD_ESPERA_SENTENCIA_MS = 200
    with pytest.raises(OperationalError) as lenta, en_empresa(mundo.empresa), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    assert caida_de(lenta.value) is Caida.OCUPADA


@pytest.mark.postgresql
def test_una_transaccion_abandonada_la_cierra_la_base(mundo: Mundo, settings: Any) -> None:
    settings.BD_ESPERA_OCIOSA_MS = 200

    def distraerse() -> None:
        with en_empresa(mundo.empresa), connection.cursor() as cursor:
            time.sleep(0.6)
            cursor.execute("SELECT 1")

    with pytest.raises(DatabaseError) as vencida:
        distraerse()
    assert caida_de(vencida.value) is not None
    connection.close()
