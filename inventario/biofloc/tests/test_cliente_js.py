"""Lo que el cliente de navegador manda y lee del lado del catálogo (§7.1, §7.2), llamada por llamada.

No mira cifras, que eso hacen los ejemplos: mira que cada campo que su código usa esté y sea del tipo
que su código supone.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from inventario.cuentas.models import Empresa
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Proveedor

pytestmark = pytest.mark.django_db

INV = "/api/v1/inventory"
_INSTANTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@pytest.fixture
def cliente(cliente_api: ClienteApi, empresa: Empresa) -> ClienteApi:
    """El cliente de una granja con un artículo con existencia que vence, uno vacío y un proveedor."""
    with en_empresa(empresa):
        proveedor = Proveedor.objects.create(empresa=empresa, nombre="Delta Mills")
    con_todo = {
        "item_name": "Crumble", "unit": "Kilogram", "reorder_threshold": "80", "min_stock_level": "120",
        "sku": "CR-12", "category": "Fish Feed", "default_supplier_id": proveedor.pk, "default_price": 61.5,
    }  # fmt: skip
    pk = cliente_api.post(f"{INV}/items", con_todo).json()["id"]
    minimo = {"item_name": "Mesh", "unit": "Roll", "reorder_threshold": "0", "min_stock_level": "0"}
    assert cliente_api.post(f"{INV}/items", minimo).status_code == 201
    entrada = {
        "item_master_id": pk, "quantity": 40, "unit_cost": 55.25, "purchase_date": "2026-01-05",
        "expiry_date": "2026-02-01", "supplier_id": proveedor.pk, "batch_number": "L-07",
    }  # fmt: skip
    assert cliente_api.post(f"{INV}/stock/add", entrada).status_code == 201
    return cliente_api


def decimal(valor: Any) -> bool:
    """Texto que `Number()` entiende, sin exponente."""
    return isinstance(valor, str) and re.fullmatch(r"-?\d+\.\d{2,4}", valor) is not None


def exigir(fila: dict[str, Any], **tipos: Any) -> None:
    for campo, tipo in tipos.items():
        assert campo in fila
        valor = fila[campo]
        assert tipo(valor) if tipo is decimal else type(valor) is tipo, (campo, valor)


@pytest.mark.parametrize(
    "consulta",
    ["", "?page=1&limit=100", "?page=1&limit=100&is_active=true", "?is_active=true&limit=200",
     "?category=Fish%20Feed&is_active=true"],
)  # fmt: skip
def test_get_items(cliente: ClienteApi, consulta: str) -> None:
    cuerpo = cliente.get(f"{INV}/items{consulta}").json()
    assert set(cuerpo) == {"items", "total", "page", "limit"}
    exigir(
        cuerpo["items"][0], id=int, item_name=str, sku=str, category=str, unit=str, default_price=decimal,
        current_qty=decimal, reorder_threshold=decimal, min_stock_level=decimal, is_active=bool,
        has_transactions=int, default_supplier_id=int,
    )  # fmt: skip
    assert cuerpo["items"][0]["has_transactions"] == 1
    assert all(fila["has_transactions"] == 0 for fila in cuerpo["items"][1:])


def test_update_item_reactivate_conserva_la_cuenta_de_movimientos(cliente: ClienteApi) -> None:
    pk = cliente.get(f"{INV}/items").json()["items"][0]["id"]
    assert cliente.put(f"{INV}/items/{pk}", {"is_active": False}).json()["is_active"] is False
    fila = cliente.put(f"{INV}/items/{pk}", {"is_active": True}).json()
    assert (fila["is_active"], fila["has_transactions"]) == (True, 1)


def test_categories(cliente: ClienteApi) -> None:
    nueva = cliente.post(f"{INV}/categories", {"category_name": "Nets", "description": ""})
    assert nueva.status_code == 201
    pk = nueva.json()["id"]
    assert (
        cliente.put(f"{INV}/categories/{pk}", {"category_name": "Net", "description": ""}).status_code == 200
    )
    categorias = cliente.get(f"{INV}/categories").json()["categories"]
    assert [fila["category"] for fila in categorias] == ["Fish Feed", "Net"]
    for fila in categorias:
        exigir(fila, id=int, category=str, item_count=int)
    assert "description" in categorias[1]
    assert cliente.delete(f"{INV}/categories/{pk}").status_code == 204


def test_alerts(cliente: ClienteApi) -> None:
    poca = cliente.get(f"{INV}/alerts/low-stock").json()
    assert poca["total"] == len(poca["items"]) == 1
    exigir(poca["items"][0], id=int, item_name=str, current_qty=decimal, reorder_threshold=decimal)
    vence = cliente.get(f"{INV}/alerts/expiry?days=30").json()
    assert vence["total"] == len(vence["items"]) == 1
    exigir(vence["items"][0], batch_id=int, item_name=str, expiry_date=str, days_until_expiry=int)
    assert vence["items"][0]["days_until_expiry"] < 0


def test_get_dashboard_trae_lo_que_antes_faltaba(cliente: ClienteApi) -> None:
    cuerpo = cliente.get(f"{INV}/dashboard").json()
    enteros = (
        "total_items", "low_stock_items", "expiring_soon_items", "pending_pos", "total_categories",
        "active_suppliers", "recent_transactions_7d",
    )  # fmt: skip
    exigir(cuerpo, total_stock_value=decimal, **dict.fromkeys(enteros, int))
    assert [cuerpo[campo] for campo in enteros] == [2, 1, 1, 0, 1, 1, 1]
    assert cuerpo["total_stock_value"] == "2210.00"


@pytest.mark.parametrize("incluye", ["true", "false"])
def test_get_units_cuenta_con_enteros(cliente: ClienteApi, incluye: str) -> None:
    cuerpo = cliente.get(f"/api/v1/units?include_inactive={incluye}").json()
    assert cuerpo["total"] == len(cuerpo["units"]) == 26
    for fila in cuerpo["units"]:
        exigir(fila, id=int, unit_name=str, is_active=bool, item_count=int)
        assert {"abbreviation", "category"} <= set(fila)
    usadas = {fila["unit_name"]: fila["item_count"] for fila in cuerpo["units"] if fila["item_count"]}
    assert usadas == {"Kilogram": 1, "Roll": 1}


def test_create_y_update_unit_con_nulos(cliente: ClienteApi) -> None:
    cuerpo = {"unit_name": "Crate", "abbreviation": None, "category": None}
    creada = cliente.post("/api/v1/units", cuerpo)
    assert (creada.status_code, creada.json()["abbreviation"], creada.json()["category"]) == (200, None, None)
    ruta = f"/api/v1/units/{creada.json()['id']}"
    assert cliente.put(ruta, {**cuerpo, "abbreviation": "crt"}).json()["abbreviation"] == "crt"
    assert cliente.put(ruta, cuerpo).json()["abbreviation"] is None
    assert cliente.post(f"{ruta}/deactivate").json()["is_active"] is False
    assert creada.json()["id"] not in {fila["id"] for fila in cliente.get("/api/v1/units").json()["units"]}
    todas = cliente.get("/api/v1/units?include_inactive=true").json()["units"]
    assert creada.json()["id"] in {fila["id"] for fila in todas}
    assert cliente.post(f"{ruta}/reactivate").json()["is_active"] is True
    assert cliente.delete(ruta).status_code == 200


def test_todo_instante_termina_en_z(cliente: ClienteApi) -> None:
    pk = cliente.get(f"{INV}/items").json()["items"][0]["id"]
    cliente.post(f"{INV}/items/{pk}/modules", {"module_name": "biofloc"})
    vistos = 0
    for ruta in (
        f"{INV}/items", f"{INV}/items/{pk}", f"{INV}/categories", f"{INV}/items/{pk}/modules",
        f"{INV}/module/biofloc/items", f"{INV}/alerts/low-stock", f"{INV}/alerts/expiry", f"{INV}/dashboard",
        "/api/v1/units", f"{INV}/transactions", f"{INV}/stock/adjustments", f"{INV}/stock/reservations",
    ):  # fmt: skip
        for texto in textos(cliente.get(ruta).json()):
            if _INSTANTE.match(texto):
                assert texto.endswith("Z"), (ruta, texto)
                vistos += 1
    assert vistos > 50


def textos(valor: Any) -> list[str]:
    if isinstance(valor, dict):
        return [texto for hijo in valor.values() for texto in textos(hijo)]
    if isinstance(valor, list):
        return [texto for hijo in valor for texto in textos(hijo)]
    return [valor] if isinstance(valor, str) else []
