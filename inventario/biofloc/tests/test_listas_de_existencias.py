"""Lo que ya se asentó, visto por las listas del contrato, y quién puede qué (§1.3, §2.5, §2.8, §2.11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventario.biofloc.tests.mundo_de_ejemplo import CARDUMEN, RAIZ, TANQUE, Granja, campos, detalle
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Bodega, Empresa
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db


# ── Listas ──────────────────────────────────────────────────────────────────────────────────────


def test_transacciones_filtra_y_pagina_como_la_pantalla(granja: Granja) -> None:
    granja.usar("CR-12", 1)
    granja.ajustar("VIT-MIX", "decrease", 1)
    todas = granja.get("transactions").json()
    assert (todas["total"], todas["page"], todas["limit"]) == (7, 1, 100)
    # La pantalla manda los filtros vacíos, y un id que no es número no filtra (§1.9).
    for consulta in ({"item_id": "", "transaction_type": ""}, {"item_id": "abc"}, {"days_back": "365"}):
        assert granja.get("transactions", **consulta).json()["total"] == 7
    assert granja.get("transactions", item_id=granja.ids["CR-12"]).json()["total"] == 3
    assert granja.get("transactions", item_id="9" * 40).json()["total"] == 0
    por_tipo = {tipo: len(granja.libro(transaction_type=tipo)) for tipo in ("add", "use", "adjustment")}
    assert por_tipo == {"add": 5, "use": 1, "adjustment": 1}
    for tipo in ("purchase", "ADD", "nothing"):
        assert granja.libro(transaction_type=tipo) == []
    paginas = [granja.get("transactions", page=n, limit=3).json()["transactions"] for n in (1, 2, 3, 4)]
    assert [len(pagina) for pagina in paginas] == [3, 3, 1, 0]
    ids = [fila["id"] for pagina in paginas for fila in pagina]
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    "consulta", [{"days_back": 0}, {"days_back": 366}, {"days_back": ""}, {"page": 0}, {"limit": 501}]
)
@pytest.mark.parametrize("ruta", ["transactions", "stock/adjustments"])
def test_una_lista_con_parametros_fuera_de_rango_es_422(
    granja: Granja, ruta: str, consulta: dict[str, Any]
) -> None:
    (nombre,) = consulta
    assert campos(granja.get(ruta, **consulta)) == [f"query -> {nombre}"]


def test_cada_bodega_ve_lo_suyo(granja: Granja, empresa: Empresa) -> None:
    with en_empresa(empresa):
        otra = Bodega.objects.create(empresa=empresa, codigo="ponds", nombre="Ponds")
        _, clave = crear_clave_api(
            empresa=empresa, nombre="Ponds", alcances=["inventory:read", "inventory:write"], bodega=otra
        )
    estanques = Granja(empresa, ClienteApi(), granja.ids)
    estanques.cliente.credentials(HTTP_X_API_KEY=clave)
    assert estanques.hay("CR-12") == 0
    assert detalle(estanques.usar("CR-12", 1), 400) == "No stock available for this item"
    estanques.agregar("CR-12", 2)
    assert estanques.libro()[0]["new_balance"] == "2.00"
    assert granja.hay("CR-12") == Decimal("29.5")
    assert len(granja.libro()) == 5


def test_consumo_de_modulo_dice_que_y_cuanto_costo(granja: Granja) -> None:
    """Apéndice B, 13."""
    granja.usar_varias(("CR-12", 10), ("VIT-MIX", "0.5"), tank_id=TANQUE, batch_id=CARDUMEN)
    granja.usar("CR-12", 1, module_reference="biofloc")
    granja.usar("CR-12", 1, module_reference="growout")
    granja.ajustar("CR-12", "decrease", 1)
    cuerpo = granja.get("module/biofloc/consumption").json()
    for item in cuerpo["items"]:
        assert item.pop("last_used").endswith("Z")
    assert cuerpo == {
        "module_name": "biofloc",
        "items": [
            {
                "item_id": granja.ids["CR-12"],
                "item_name": "Starter crumble 1.2",
                "sku": "CR-12",
                "category": "Feeds",
                "unit": "Kilogram",
                "total_quantity_used": "11.00",
                "total_cost": "611.00",
                "transaction_count": 3,
            },
            {
                "item_id": granja.ids["VIT-MIX"],
                "item_name": "Vitamin mix",
                "sku": "VIT-MIX",
                "category": None,
                "unit": "Kilogram",
                "total_quantity_used": "0.50",
                "total_cost": "2.75",
                "transaction_count": 1,
            },
        ],
        "total_cost": "613.75",
        "total_items": 2,
        "period_days": 30,
    }
    vacio = granja.get("module/nursery/consumption").json()
    assert (vacio["items"], vacio["total_cost"], vacio["total_items"]) == ([], "0.00", 0)


def test_consumo_de_modulo_entre_dos_fechas(granja: Granja) -> None:
    granja.usar_varias(("CR-12", 10))
    hoy = datetime.now(UTC).date()
    ayer, manana = hoy - timedelta(days=1), hoy + timedelta(days=1)
    dentro = granja.get("module/biofloc/consumption", start_date=ayer, end_date=manana).json()
    assert (dentro["total_items"], dentro["period_days"]) == (1, 3)
    antes = granja.get("module/biofloc/consumption", start_date="2024-01-01", end_date="2024-01-31").json()
    assert (antes["total_items"], antes["period_days"]) == (0, 31)
    hasta = granja.get("module/biofloc/consumption", end_date=manana, days_back=7).json()
    assert (hasta["total_items"], hasta["period_days"]) == (1, 7)
    al_reves = granja.get("module/biofloc/consumption", start_date=manana, end_date=ayer)
    assert campos(al_reves) == ["query -> end_date"]
    assert campos(granja.get("module/biofloc/consumption", start_date="ayer")) == ["query -> start_date"]


# ── Quién puede ─────────────────────────────────────────────────────────────────────────────────

ESCRIBEN = [
    ("post", "stock/add"),
    ("post", "stock/use"),
    ("post", "stock/adjust"),
    ("post", "stock/use-batch"),
    ("post", "stock/reserve"),
    ("delete", f"stock/reserve/{TANQUE}"),
    ("post", f"stock/confirm-reservation/{TANQUE}"),
]
LEEN = [
    ("get", "transactions"),
    ("get", "stock/adjustments"),
    ("get", "stock/reservations"),
    ("get", "module/biofloc/consumption"),
    ("post", "items/bulk-fetch"),
]


@pytest.mark.parametrize(("metodo", "ruta"), [*ESCRIBEN, *LEEN])
@pytest.mark.parametrize("barra", ["", "/"])
def test_sin_credencial_es_401_con_o_sin_barra(
    cliente_anonimo: ClienteApi, metodo: str, ruta: str, barra: str
) -> None:
    respuesta = getattr(cliente_anonimo, metodo)(f"{RAIZ}/{ruta}{barra}")
    assert detalle(respuesta, 401) == "Not authenticated"
    assert respuesta["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("metodo", "ruta"), ESCRIBEN)
def test_con_alcance_de_leer_no_se_escribe(
    cliente_con_alcances: Callable[..., ClienteApi], metodo: str, ruta: str
) -> None:
    respuesta = getattr(cliente_con_alcances("inventory:read"), metodo)(f"{RAIZ}/{ruta}", {})
    assert detalle(respuesta, 403).endswith("inventory:write is required")


@pytest.mark.parametrize(("metodo", "ruta"), LEEN)
def test_con_alcance_de_leer_se_lee(
    cliente_con_alcances: Callable[..., ClienteApi], metodo: str, ruta: str
) -> None:
    datos = {"skus": ["X"]} if metodo == "post" else {}
    respuesta = getattr(cliente_con_alcances("inventory:read"), metodo)(f"{RAIZ}/{ruta}", datos)
    assert respuesta.status_code == 200
    sin_alcance = getattr(cliente_con_alcances("inventory:delete"), metodo)(f"{RAIZ}/{ruta}", datos)
    assert detalle(sin_alcance, 403).endswith("inventory:read is required")


def test_lo_de_otra_empresa_no_existe(granja: Granja, cliente_ajeno: ClienteApi) -> None:
    ajena = Granja(granja.empresa, cliente_ajeno, granja.ids)
    reserva = granja.reservada("CR-12", 1)
    assert detalle(ajena.usar("CR-12", 1), 404) == "Item not found"
    assert detalle(ajena.ajustar("CR-12", "recount", 1), 404) == "Item not found"
    assert detalle(ajena.reservar("CR-12", 1), 404) == "Item not found"
    assert detalle(ajena.delete(f"stock/reserve/{reserva}"), 404) == "Reservation not found"
    assert detalle(ajena.post(f"stock/confirm-reservation/{reserva}"), 404) == "Reservation not found"
    assert ajena.libro() == []
    lote = ajena.usar_varias(("CR-12", 1))
    assert "Item not found: CR-12" in detalle(lote, 400)
    bloque = ajena.post("items/bulk-fetch", {"item_ids": [granja.ids["CR-12"]], "skus": ["VIT-MIX"]}).json()
    assert bloque == {
        "items": [],
        "total": 0,
        "requested": 2,
        "found": 0,
        "not_found": [granja.ids["CR-12"], "VIT-MIX"],
    }
    assert granja.hay("CR-12") == Decimal("29.5")
