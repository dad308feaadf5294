"""SQLite con el disco lleno: se sigue leyendo, y lo que no se pudo guardar se dice con una frase."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE
from inventario.tests.cliente_de_web import Cliente, cliente_de
from inventario.tests.gunicorn_propio import Web, gunicorn
from inventario.tests.planta import hijos

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite, pytest.mark.timeout(180)]

# Ni una página más en la base, ni los 32 KB con que empieza el índice del WAL.
NADA_MAS = 8 * 1024
FRASE = "Al servidor no le queda espacio en el disco"


@contextmanager
def disco_lleno(web: Web) -> Iterator[None]:
    """Nada de lo que la web escriba puede crecer: le falla como si no hubiera espacio."""
    [proceso] = hijos(web.proceso.pid)
    antes = resource.prlimit(proceso, resource.RLIMIT_FSIZE, (NADA_MAS, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(proceso, resource.RLIMIT_FSIZE, antes)


def test_con_el_disco_lleno_se_lee_y_lo_que_no_se_guarda_se_dice(mundo: Mundo, tmp_path: Path) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=0)
        mundo.entrada(producto, 10)
    with gunicorn(tmp_path) as web:
        cliente = cliente_de(web, mundo.empresa)
        # Solo la web tiene la base abierta, como en producción: esta no le guarda los archivos.
        connection.close()
        with disco_lleno(web):
            _se_lee(cliente, producto.pk)
            despacho = json.dumps({"producto_id": producto.pk, "cantidad": 1})
            es = cliente.pedir("POST", "/api/v1/inventario/despachar/", despacho)
            assert (es.estado, es.cabeceras["Retry-After"]) == (503, "60"), es.texto[:300]
            assert json.loads(es.texto)["detail"].startswith(FRASE)
            uso = json.dumps({"item_master_id": producto.pk, "quantity": 1, "purpose": "Alimentar"})
            en = cliente.pedir("POST", "/api/v1/inventory/stock/use", uso)
            assert en.estado == 503, en.texto[:300]
            assert json.loads(en.texto)["detail"].startswith("The server has no disk space left")
            formulario = {"producto": producto.pk, "cantidad": 1, "motivo": "consumo", CAMPO_DE_CLAVE: "una"}
            # La primera vez enseña de qué lotes saldría; confirmarlo es lo que se guarda.
            a_la_vista = re.findall(
                r'name="(vistos)" value="([^"]*)"', cliente.enviar("/despachos/nuevo/", formulario).texto
            )
            pagina = cliente.enviar("/despachos/nuevo/", {**formulario, **dict(a_la_vista)})
            assert (pagina.estado, FRASE in pagina.texto) == (503, True), pagina.texto[:300]
            assert 'name="cantidad" value="1"' in pagina.texto
            _se_lee(cliente, producto.pk)
        despues = cliente.pedir("POST", "/api/v1/inventario/despachar/", despacho)
        assert despues.estado == 200, despues.texto[:300]
    with en_empresa(mundo.empresa):
        assert Asiento.objects.count() == 2


def _se_lee(cliente: Cliente, producto: int) -> None:
    for ruta in (
        "/",
        f"/productos/{producto}/",
        "/lotes/",
        "/movimientos/",
        "/api/v1/productos/",
        "/api/v1/inventory/items",
        "/health",
    ):
        respuesta = cliente.pedir("GET", ruta)
        assert respuesta.estado == 200, (ruta, respuesta.texto[:300], cliente.web.registro()[-6000:])
