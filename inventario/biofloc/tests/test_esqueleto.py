"""Lo que toda dirección del contrato cumple, haya o no algo en ella (§1.6, §1.9)."""

from __future__ import annotations

from typing import Any

import pytest

from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db

RAIZ = "/api/v1/inventory"


@pytest.mark.parametrize(
    "ruta",
    [RAIZ, f"{RAIZ}/", f"{RAIZ}/nada", f"{RAIZ}/items/1/nada/", f"{RAIZ}/na%0Ada", "/api/v1/units/1/nada"],
)
@pytest.mark.parametrize("metodo", ["get", "post", "delete"])
def test_pedir_lo_que_no_existe_responde_404(cliente_anonimo: ClienteApi, ruta: str, metodo: str) -> None:
    respuesta = getattr(cliente_anonimo, metodo)(ruta)
    assert respuesta.status_code == 404
    assert respuesta.json() == {"detail": "Not Found"}


@pytest.mark.parametrize(
    "ruta", ["purchase-orders", "purchase-orders/", "purchase-orders/3/receive", "suppliers"]
)
@pytest.mark.parametrize("metodo", ["get", "post", "put", "delete"])
def test_pedir_compras_o_proveedores_dice_que_todavia_no(
    cliente_api: ClienteApi, ruta: str, metodo: str
) -> None:
    respuesta = getattr(cliente_api, metodo)(f"{RAIZ}/{ruta}")
    assert respuesta.status_code == 501
    assert respuesta.json() == {
        "detail": "Purchase orders and suppliers are not available on this server yet"
    }


@pytest.mark.parametrize(
    "cabeceras", [{}, {"HTTP_X_API_KEY": "sk_live_x"}, {"HTTP_AUTHORIZATION": "Bearer x"}]
)
def test_llegar_sin_credencial_valida_responde_401_y_la_pide(
    cliente_anonimo: ClienteApi, cabeceras: dict[str, Any]
) -> None:
    respuesta = cliente_anonimo.con(**cabeceras).get(f"{RAIZ}/suppliers")
    assert respuesta.status_code == 401
    assert respuesta["WWW-Authenticate"] == "Bearer"
    assert respuesta.json()["detail"] in ("Not authenticated", "Invalid, expired or revoked credentials")


def test_usar_otro_metodo_responde_405(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.patch(f"{RAIZ}/suppliers", {})
    assert respuesta.status_code == 405
    assert respuesta.json() == {"detail": "Method Not Allowed"}
