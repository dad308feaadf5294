"""use-batch y bulk-fetch: varios ítems en una llamada, todo o nada (§2.9, §2.10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventario.biofloc.tests.mundo_de_ejemplo import (
    CARDUMEN,
    RAIZ,
    TANQUE,
    Granja,
    campos,
    detalle,
    movimientos,
)
from inventario.movimientos.models import Asiento
from inventario.nucleo.empresa import en_empresa

pytestmark = pytest.mark.django_db


def test_cincuenta_lineas_pasan_y_cincuenta_y_una_no(granja: Granja) -> None:
    """Apéndice B, 5."""
    lineas = [("CR-12", "0.1")] * 50
    assert granja.usar_varias(*lineas).json()["successful"] == 50
    assert granja.hay("CR-12") == 24.5
    assert campos(granja.usar_varias(*lineas, ("CR-12", 1))) == ["body -> deductions"]
    assert campos(granja.usar_varias()) == ["body -> deductions"]
    assert granja.hay("CR-12") == 24.5


def test_el_mismo_item_en_varias_lineas_ve_lo_que_dejaron_las_anteriores(granja: Granja) -> None:
    cuerpo = granja.usar_varias(("CR-12", 8), ("VIT-MIX", 1), ("CR-12", 3)).json()
    assert [(uno["sku"], uno["cost"], len(uno["transaction_ids"])) for uno in cuerpo["results"]] == [
        ("CR-12", 440, 1),
        ("VIT-MIX", 5.5, 1),
        ("CR-12", 171, 2),
    ]
    assert cuerpo["total_cost"] == 616.5
    # En el orden de las líneas, y dentro de cada una en el de los lotes.
    assert cuerpo["transaction_ids"] == [pk for uno in cuerpo["results"] for pk in uno["transaction_ids"]]
    libro = {fila["id"]: fila for fila in granja.libro(transaction_type="use")}
    assert [libro[pk]["quantity_change"] for pk in cuerpo["transaction_ids"]] == [
        "-8.00",
        "-1.00",
        "-1.00",
        "-2.00",
    ]
    # 29,5 alcanzan para 20 y 9,5, pero no para una décima más.
    de_mas = granja.usar_varias(("CR-12", 15), ("CR-12", "3.5001"))
    segunda = de_mas.json()["results"][1]
    assert (de_mas.status_code, segunda["available"], segunda["requested"]) == (400, 3.5, 3.5001)
    granja.comprobar()


def test_es_un_solo_asiento_con_tanque_cardumen_sesion_y_notas(granja: Granja) -> None:
    cuerpo = {
        "deductions": [
            {"sku": "CR-12", "quantity": 10, "notes": "Morning feed"},
            {"item_id": granja.ids["VIT-MIX"], "quantity": "0.5"},
        ],
        "module_reference": "biofloc",
        "tank_id": TANQUE.upper(),
        "batch_id": CARDUMEN,
        "session_number": "1",
        "global_notes": "Daily feeding session 1",
    }
    assert granja.post("stock/use-batch", cuerpo).status_code == 200
    with en_empresa(granja.empresa):
        assert Asiento.objects.filter(tipo="salida").count() == 1
    vitamina, *alimento = granja.libro(transaction_type="use")
    assert len(alimento) == 2
    for fila in (vitamina, *alimento):
        assert fila["module_reference"] == "biofloc"
        assert (fila["tank_id"], fila["module_batch_id"], fila["session_number"]) == (TANQUE, CARDUMEN, 1)
    assert vitamina["notes"] == "Batch operation | Daily feeding session 1"
    assert alimento[0]["notes"] == "Batch operation | Daily feeding session 1 | Morning feed"


def test_el_nombre_sirve_cuando_no_hay_sku_y_es_de_uno_solo(granja: Granja) -> None:
    cuerpo = granja.usar_varias(("Air stone", 2), (" cr-12 ", 1)).json()
    assert [(uno["item_name"], uno["sku"]) for uno in cuerpo["results"]] == [
        ("Air stone", None),
        ("Starter crumble 1.2", "CR-12"),
    ]
    # El SKU manda aunque otro ítem se llame así.
    granja.item("X-1", "CR-12")
    assert granja.usar_varias(("CR-12", 1)).json()["results"][0]["item_name"] == "Starter crumble 1.2"
    ambigua = granja.usar_varias(("Salt", 1))
    assert detalle(ambigua, 400) == (
        "Batch deduction failed. 1 items failed, 0 would have succeeded. All rolled back. "
        "Ambiguous item: 2 active items are named Salt, use the SKU or the id"
    )
    for otro in ("air stone", "Air Stone"):
        assert "Item not found" in detalle(granja.usar_varias((otro, 1)), 400)


def test_una_linea_mala_deshace_todo_y_dice_de_cada_una(granja: Granja) -> None:
    antes = movimientos(granja)
    respuesta = granja.post(
        "stock/use-batch",
        {
            "deductions": [
                {"sku": "CR-12", "quantity": 10},
                {"sku": "nope", "quantity": 1},
                {"sku": "PRO-1", "quantity": 1},
                {"sku": "VIT-MIX", "quantity": 50},
                {"sku": "Air stone", "quantity": "0.5"},
                {"item_id": granja.ids["NET-9"], "quantity": 1},
            ],
            "module_reference": "biofloc",
        },
    )
    insuficiente = "Insufficient stock. Available: 2.00, Requested: 50.00 (Vitamin mix [VIT-MIX], Kilogram)"
    assert detalle(respuesta, 400) == (
        "Batch deduction failed. 5 items failed, 1 would have succeeded. All rolled back. "
        "Item not found: nope; Probiotic: No stock available for this item; " + insuficiente
    )
    cuerpo = respuesta.json()
    assert set(cuerpo) == {"detail", "results", "transaction_ids"}
    assert cuerpo["transaction_ids"] == []
    assert [(u["item_name"], u["success"], u.get("error")) for u in cuerpo["results"]] == [
        ("Starter crumble 1.2", True, None),
        ("nope", False, "Item not found: nope"),
        ("Probiotic", False, "No stock available for this item"),
        ("Vitamin mix", False, insuficiente),
        ("Air stone", False, "This unit does not take fractions"),
        (str(granja.ids["NET-9"]), False, f"Item not found: {granja.ids['NET-9']}"),
    ]
    assert (cuerpo["results"][3]["available"], cuerpo["results"][3]["requested"]) == (2, 50)
    assert all(uno["transaction_ids"] == [] for uno in cuerpo["results"])
    assert movimientos(granja) == antes
    assert granja.hay("CR-12") == 29.5
    granja.comprobar()


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"deductions": None}, "body -> deductions"),
        ({"deductions": {"sku": "CR-12"}}, "body -> deductions"),
        ({"deductions": ["CR-12"]}, "body -> deductions -> 0"),
        ({"deductions": [{"sku": "CR-12"}]}, "body -> deductions -> 0 -> quantity"),
        ({"deductions": [{"sku": "CR-12", "quantity": 0}]}, "body -> deductions -> 0 -> quantity"),
        ({"deductions": [{"sku": "CR-12", "quantity": True}]}, "body -> deductions -> 0 -> quantity"),
        ({"deductions": [{"sku": "CR-12", "quantity": "0.00001"}]}, "body -> deductions -> 0 -> quantity"),
        ({"deductions": [{"quantity": 1}]}, "body -> deductions -> 0"),
        ({"deductions": [{"sku": None, "item_id": None, "quantity": 1}]}, "body -> deductions -> 0"),
        ({"deductions": [{"sku": "", "quantity": 1}]}, "body -> deductions -> 0"),
        ({"deductions": [{"sku": "CR-12", "item_id": 1, "quantity": 1}]}, "body -> deductions -> 0"),
        ({"module_reference": "pond"}, "body -> module_reference"),
        ({"module_reference": None}, "body -> module_reference"),
        ({"batch_id": "fish-7"}, "body -> batch_id"),
        ({"session_number": 0}, "body -> session_number"),
        ({"tank_id": [1]}, "body -> tank_id"),
    ],
)
def test_use_batch_mal_escrito_nombra_el_campo(granja: Granja, cambio: dict[str, Any], campo: str) -> None:
    cuerpo = {
        "deductions": [{"sku": "CR-12", "quantity": 1}],
        "module_reference": "biofloc",
        **cambio,
    }
    assert campos(granja.post("stock/use-batch", cuerpo)) == [campo]
    assert granja.hay("CR-12") == 29.5


@pytest.mark.parametrize("tanque", [7, "pond-3", TANQUE, None, ""])
def test_use_batch_admite_cualquier_tanque(granja: Granja, tanque: int | str | None) -> None:
    assert granja.usar_varias(("CR-12", 1), tank_id=tanque).status_code == 200
    assert granja.libro()[0]["tank_id"] == (str(tanque) if tanque else None)


def test_repetir_use_batch_con_la_misma_clave_saca_una_vez(granja: Granja) -> None:
    """Apéndice B, 18."""
    cuerpo = {"deductions": [{"sku": "CR-12", "quantity": 5}], "module_reference": "biofloc"}
    primera = granja.post("stock/use-batch", cuerpo, clave="t1-2027-03-14-1")
    otra = granja.post("stock/use-batch", cuerpo, clave="t1-2027-03-14-1")
    assert primera.content == otra.content
    assert otra["Idempotency-Replayed"] == "true"
    assert granja.hay("CR-12") == 24.5
    distinta = {**cuerpo, "session_number": 2}
    assert detalle(granja.post("stock/use-batch", distinta, clave="t1-2027-03-14-1"), 409)
    assert granja.hay("CR-12") == 24.5


def test_un_rechazo_no_se_recuerda_y_la_clave_vuelve_a_servir(granja: Granja) -> None:
    cuerpo = {"deductions": [{"sku": "VIT-MIX", "quantity": 5}], "module_reference": "biofloc"}
    assert granja.post("stock/use-batch", cuerpo, clave="k").status_code == 400
    granja.agregar("VIT-MIX", 10)
    assert granja.post("stock/use-batch", cuerpo, clave="k").status_code == 200
    assert granja.hay("VIT-MIX") == 7


# ── Lo apartado ─────────────────────────────────────────────────────────────────────────────────


def test_lo_reservado_de_otro_modulo_no_se_toca_y_lo_propio_si(granja: Granja) -> None:
    """Apéndice B, 9: el número del texto es el que de verdad se exigió."""
    granja.reservada("CR-12", 10, "growout")
    granja.reservada("CR-12", 15, "biofloc")
    corta = granja.usar_varias(("CR-12", "19.6"))
    assert corta.json()["results"][0]["available"] == 19.5
    assert "Available: 19.50, Requested: 19.60" in detalle(corta, 400)
    sin_modulo = granja.usar("CR-12", 5)
    assert detalle(sin_modulo, 400).startswith("Insufficient stock. Available: 4.50, Requested: 5.00")
    assert sin_modulo.json()["reserved_qty"] == 25
    assert granja.usar_varias(("CR-12", "19.5")).status_code == 200
    ficha = granja.ficha("CR-12")
    assert (ficha["current_qty"], ficha["reserved_qty"], ficha["available_qty"]) == (10, 10, 0)
    granja.comprobar()


def test_una_sesion_gasta_la_reserva_hecha_para_ella_y_no_dos_veces(granja: Granja) -> None:
    de_otro_tanque = granja.reservada("CR-12", 4, reference_id=CARDUMEN)
    suya = granja.reservada("CR-12", 6, reference_id=TANQUE)
    assert granja.usar_varias(("CR-12", 5), tank_id=TANQUE).status_code == 200
    filas = {fila["id"]: fila for fila in granja.get("stock/reservations").json()["reservations"]}
    assert (filas[suya]["quantity"], filas[suya]["remaining_quantity"]) == (6, 1)
    assert filas[de_otro_tanque]["remaining_quantity"] == 4
    assert granja.usar_varias(("CR-12", 1), tank_id=TANQUE).status_code == 200
    confirmada = granja.post(f"stock/confirm-reservation/{suya}")
    assert detalle(confirmada, 404) == "Reservation not found or no longer pending: it is confirmed"
    assert granja.get("stock/reservations", status="confirmed").json()["reservations"][0]["id"] == suya
    assert granja.hay("CR-12") == 23.5
    granja.comprobar()


# ── bulk-fetch ──────────────────────────────────────────────────────────────────────────────────


def test_bulk_fetch_da_cada_item_una_vez_y_dice_cuales_no_hallo(granja: Granja) -> None:
    granja.reservada("CR-12", 9)
    cuerpo = granja.post(
        "items/bulk-fetch",
        {
            "item_ids": [granja.ids["CR-12"], "999999", granja.ids["NET-9"]],
            "skus": ["CR-12", "nope", "PRO-1", "nope"],
            "include_reserved": True,
        },
    ).json()
    assert cuerpo == {
        "items": [
            {
                "id": granja.ids["CR-12"],
                "sku": "CR-12",
                "name": "Starter crumble 1.2",
                "current_qty": 29.5,
                "unit": "Kilogram",
                "category": "Feeds",
                "reorder_threshold": 80,
                "last_purchase_price": 58,
                "reserved_qty": 9,
                "available_qty": 20.5,
                "batches": None,
            },
            {
                "id": granja.ids["PRO-1"],
                "sku": "PRO-1",
                "name": "Probiotic",
                "current_qty": 3,
                "unit": "Kilogram",
                "category": None,
                "reorder_threshold": 0,
                "last_purchase_price": 12,
                "reserved_qty": 0,
                "available_qty": 0,
                "batches": None,
            },
        ],
        "total": 2,
        "requested": 7,
        "found": 2,
        "not_found": [999999, granja.ids["NET-9"], "nope"],
    }


def test_bulk_fetch_sin_pedirlos_no_dice_reservado_ni_lotes(granja: Granja) -> None:
    for pedido in ({}, {"include_reserved": False, "include_batches": None}, {"include_stock": False}):
        item = granja.post("items/bulk-fetch", {"skus": ["CR-12"], **pedido}).json()["items"][0]
        assert (item["reserved_qty"], item["available_qty"], item["batches"]) == (None, None, None)
        assert item["current_qty"] == 29.5


def test_bulk_fetch_lista_los_lotes_agotados_y_los_bloqueados(granja: Granja) -> None:
    granja.usar("CR-12", 9)
    lotes = granja.ficha("CR-12", include_batches=True)["batches"]
    assert [(lote["remaining_qty"], lote["quantity_purchased"], lote["is_active"]) for lote in lotes] == [
        (0, 9, True),
        (20.5, 20.5, True),
    ]
    bloqueo = granja.cliente.post(f"/api/v1/inventario/lotes/{lotes[1]['id']}/bloquear", {"motivo": "Recall"})
    assert bloqueo.status_code == 200
    ficha = granja.ficha("CR-12", include_batches=True)
    assert ficha["batches"][1]["is_active"] is False
    assert (ficha["current_qty"], ficha["available_qty"]) == (20.5, 0)
    assert detalle(granja.usar("CR-12", 1), 400) == "No stock available for this item"


@pytest.mark.parametrize(
    ("cuerpo", "campo"),
    [
        ({}, "body"),
        ({"skus": []}, "body"),
        ({"skus": None, "item_ids": None}, "body"),
        ({"skus": "CR-12"}, "body -> skus"),
        ({"skus": ["x"] * 101}, "body -> skus"),
        ({"skus": ["x", 5]}, "body -> skus -> 1"),
        ({"item_ids": list(range(1, 102))}, "body -> item_ids"),
        ({"item_ids": [1, "a"]}, "body -> item_ids -> 1"),
        ({"item_ids": [True]}, "body -> item_ids -> 0"),
        ({"skus": ["x"], "include_batches": "maybe"}, "body -> include_batches"),
    ],
)
def test_bulk_fetch_mal_escrito_nombra_el_campo(granja: Granja, cuerpo: dict[str, Any], campo: str) -> None:
    assert campos(granja.post("items/bulk-fetch", cuerpo)) == [campo]


def test_bulk_fetch_no_es_el_id_de_un_item(granja: Granja) -> None:
    assert granja.cliente.post(f"{RAIZ}/items/bulk-fetch/", {"skus": ["CR-12"]}).status_code == 200
    assert detalle(granja.cliente.get(f"{RAIZ}/items/bulk-fetch"), 405) == "Method Not Allowed"
    assert Decimal(str(granja.hay("CR-12"))) == Decimal("29.5")
