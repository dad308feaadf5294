"""El ejemplo de nginx que reparte una dirección entre los dos sistemas, andando (contrato biofloc §1.1)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django.live_server_helper import LiveServer

from inventario.cuentas.claves.services import crear_clave_api
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.tests.servidor_nginx import nginx, sistema_existente

pytestmark = pytest.mark.nginx


@pytest.fixture
def clave(mundo: Mundo) -> str:
    with en_empresa(mundo.empresa):
        mundo.entrada(mundo.producto(nombre="Pienso de inicio"), 10, costo=2)
    _, clave = crear_clave_api(
        empresa=mundo.empresa, nombre="Navegador", alcances=["inventory:read", "inventory:write"]
    )
    return clave


@pytest.fixture
def existente() -> Iterator[str]:
    with sistema_existente() as url:
        yield url


@pytest.fixture
def puerta(clave: str, existente: str, live_server: LiveServer, tmp_path: Path) -> Iterator[httpx.Client]:
    with (
        nginx(tmp_path, nuestro=live_server.url, existente=existente) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {clave}"}, trust_env=False) as cliente,
    ):
        yield cliente


def _eco(respuesta: httpx.Response) -> dict[str, Any]:
    dato: dict[str, Any] = respuesta.json()
    assert dato["sistema"] == "existente"
    return dato


def test_inventario_y_unidades_llegan_a_este_sistema(puerta: httpx.Client) -> None:
    for ruta in ("/api/v1/inventory/items", "/api/v1/inventory/items/?is_active=true&limit=200"):
        respuesta = puerta.get(ruta)
        assert (respuesta.status_code, respuesta.json()["total"]) == (200, 1)
        assert respuesta.json()["items"][0]["item_name"] == "Pienso de inicio"
    for ruta in ("/api/v1/units", "/api/v1/units/?include_inactive=true"):
        assert puerta.get(ruta).json()["total"] == 25
    assert puerta.get("/api/v1/inventory/no-existe").json() == {"detail": "Not Found"}
    respuesta = puerta.get("/api/v1/inventory/items", headers={"Authorization": ""})
    assert (respuesta.status_code, respuesta.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")


def test_lo_demas_llega_entero_al_existente(puerta: httpx.Client) -> None:
    for ruta in (
        "/",
        "/health",
        "/api/v1/auth/login",
        "/api/v1/api-keys",
        "/api/v1/biofloc/tanks?page=2&q=caf%C3%A9%20uno",
        "/api/v1/dashboard/modules",
        "/api/v1/inventoryx",
        "/api/v1/unitsx/1",
        "/api/v2/inventory/items",
        "/biofloc/api/v1/inventory/items",
    ):
        assert _eco(puerta.get(ruta))["ruta"] == ruta


def test_un_post_cruza_con_su_cuerpo_su_clave_y_su_efecto_unico(puerta: httpx.Client, clave: str) -> None:
    [articulo] = puerta.get("/api/v1/inventory/items").json()["items"]
    pedido = {"item_master_id": articulo["id"], "quantity": "4", "purpose": "Alimentación"}
    primera = puerta.post("/api/v1/inventory/stock/use", json=pedido, headers={"Idempotency-Key": "k1"})
    otra = puerta.post("/api/v1/inventory/stock/use", json=pedido, headers={"Idempotency-Key": "k1"})
    assert (primera.status_code, otra.status_code) == (200, 200)
    assert primera.json() == otra.json()
    assert otra.headers["Idempotency-Replayed"] == "true"
    [articulo] = puerta.get("/api/v1/inventory/items").json()["items"]
    assert articulo["current_qty"] == "6.00"
    eco = _eco(puerta.post("/api/v1/biofloc/feeding", json={"kg": 1}, headers={"Idempotency-Key": "k2"}))
    assert (eco["metodo"], eco["cuerpo"].replace(" ", "")) == ("POST", '{"kg":1}')
    assert eco["cabeceras"]["Idempotency-Key"] == "k2"
    assert eco["cabeceras"]["Authorization"] == f"Bearer {clave}"


def test_nadie_elige_con_que_direccion_se_le_cuenta(puerta: httpx.Client) -> None:
    cabeceras = _eco(puerta.get("/x", headers={"X-Forwarded-For": "8.8.8.8", "X-Forwarded-Proto": "https"}))[
        "cabeceras"
    ]
    assert (cabeceras["X-Forwarded-For"], cabeceras["X-Forwarded-Proto"]) == ("127.0.0.1", "http")
    assert cabeceras["Host"] == puerta.base_url.netloc.decode()


def test_un_websocket_conserva_su_saludo(puerta: httpx.Client) -> None:
    cabeceras = _eco(puerta.get("/ws", headers={"Upgrade": "websocket", "Connection": "Upgrade"}))[
        "cabeceras"
    ]
    assert (cabeceras["Upgrade"], cabeceras["Connection"]) == ("websocket", "upgrade")


def test_si_este_sistema_no_esta_la_pagina_recibe_su_detail(existente: str, tmp_path: Path) -> None:
    with (
        nginx(tmp_path, nuestro="http://127.0.0.1:1", existente=existente) as url,
        httpx.Client(base_url=url, trust_env=False) as cliente,
    ):
        respuesta = cliente.get("/api/v1/inventory/items")
        assert (respuesta.status_code, respuesta.headers["Retry-After"]) == (502, "5")
        assert respuesta.headers["Content-Type"] == "application/json"
        assert respuesta.json()["detail"].startswith("Inventory is not available")
        assert _eco(cliente.get("/api/v1/biofloc/tanks"))["metodo"] == "GET"
        grande = cliente.post("/api/v1/inventory/stock/use", content=b"x" * (11 * 1024 * 1024))
        assert (grande.status_code, grande.json()) == (413, {"detail": "The request is too large."})
        adjunto = cliente.post("/api/v1/tickets/7/files", content=b"x" * (11 * 1024 * 1024))
        assert len(_eco(adjunto)["cuerpo"]) == 11 * 1024 * 1024


def test_si_este_sistema_no_contesta_no_se_dice_que_no_lo_hizo(existente: str, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as mudo,
        nginx(
            tmp_path,
            nuestro=f"http://127.0.0.1:{mudo.getsockname()[1]}",
            existente=existente,
            cambios={"proxy_read_timeout 40s;": "proxy_read_timeout 500ms;"},
        ) as url,
        httpx.Client(base_url=url, trust_env=False) as cliente,
    ):
        respuesta = cliente.post("/api/v1/inventory/stock/use", json={})
        assert respuesta.status_code == 504
        assert "may have done it" in respuesta.json()["detail"]
        # Una sola vez: nginx no repite un POST por su cuenta.
        mudo.accept()[0].close()
        mudo.settimeout(0.1)
        with pytest.raises(TimeoutError):
            mudo.accept()


def test_con_la_otra_regla_tambien_entran_por_aqui_las_cuentas(
    clave: str, existente: str, live_server: LiveServer, tmp_path: Path
) -> None:
    cambios = {
        "location ~ ^/api/v1/(?:inventory|units)(?:/|$) {": (
            "location ~ ^/api/v1/(?:inventory|units|auth|api-keys|webhooks)(?:/|$) {"
        )
    }
    with (
        nginx(tmp_path, nuestro=live_server.url, existente=existente, cambios=cambios) as url,
        httpx.Client(base_url=url, trust_env=False) as cliente,
    ):
        assert cliente.get("/api/v1/auth/me").status_code == 401
        assert cliente.get("/api/v1/units", headers={"X-API-Key": clave}).json()["total"] == 25
        assert _eco(cliente.get("/api/v1/biofloc/health"))["ruta"] == "/api/v1/biofloc/health"
