"""Entrar, usar y ajustar un ítem, y lo que el libro muestra después (§2.4, §2.5, §2.8, §3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventario.biofloc.tests.mundo_de_ejemplo import RAIZ, TANQUE, Granja, campos, detalle, movimientos
from inventario.cuentas.models import Bodega, Empresa
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import ProveedorFabrica

pytestmark = pytest.mark.django_db


# ── stock/add ───────────────────────────────────────────────────────────────────────────────────


def test_agregar_abre_un_lote_con_lo_que_se_dijo(granja: Granja, empresa: Empresa) -> None:
    with en_empresa(empresa):
        proveedor: Any = ProveedorFabrica(empresa=empresa, nombre="Delta Mills")
    lote = granja.agregar(
        "VIT-MIX",
        "1.2345",
        "0.3333",
        supplier_id=proveedor.pk,
        batch_number="V-2",
        expiry_date="2099-01-01",
        po_number="PO-9",
        notes="Two bags",
    )
    ficha = granja.ficha("VIT-MIX", include_batches=True)
    assert (ficha["current_qty"], ficha["last_purchase_price"]) == (3.2345, 0.3333)
    uno = next(fila for fila in ficha["batches"] if fila["id"] == lote)
    assert {nombre: uno[nombre] for nombre in uno if nombre != "created_at"} == {
        "id": lote,
        "item_master_id": granja.ids["VIT-MIX"],
        "item_name": "Vitamin mix",
        "batch_number": "V-2",
        "quantity_purchased": 1.2345,
        "remaining_qty": 1.2345,
        "unit_cost": 0.3333,
        "purchase_date": "2024-01-10",
        "expiry_date": "2099-01-01",
        "supplier_id": proveedor.pk,
        "supplier_name": "Delta Mills",
        "po_number": "PO-9",
        "notes": "Two bags",
        "is_active": True,
    }
    fila = granja.libro(item_id=granja.ids["VIT-MIX"])[0]
    assert (fila["transaction_type"], fila["quantity_change"], fila["new_balance"]) == (
        "add",
        "1.2345",
        "3.2345",
    )
    assert (fila["unit_cost"], fila["total_cost"], fila["po_number"], fila["notes"]) == (
        "0.3333",
        "0.41",
        "PO-9",
        "Two bags",
    )


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"item_master_id": 0}, "body -> item_master_id"),
        ({"quantity": 0}, "body -> quantity"),
        ({"quantity": True}, "body -> quantity"),
        ({"quantity": "1.00001"}, "body -> quantity"),
        ({"quantity": "100000000000"}, "body -> quantity"),
        ({"unit_cost": -1}, "body -> unit_cost"),
        ({"unit_cost": None}, "body -> unit_cost"),
        ({"purchase_date": ""}, "body -> purchase_date"),
        ({"purchase_date": "0001-01-01"}, "body -> purchase_date"),
        ({"purchase_date": "2199-01-01"}, "body -> purchase_date"),
        ({"expiry_date": "2024-01-10"}, "body -> expiry_date"),
        ({"batch_number": "x" * 101}, "body -> batch_number"),
        ({"supplier_id": "x"}, "body -> supplier_id"),
    ],
)
def test_agregar_mal_escrito_nombra_el_campo_y_no_entra_nada(
    granja: Granja, cambio: dict[str, Any], campo: str
) -> None:
    antes = movimientos(granja)
    cuerpo = {
        "item_master_id": granja.ids["CR-12"],
        "quantity": 1,
        "unit_cost": 1,
        "purchase_date": "2024-01-10",
        **cambio,
    }
    assert campos(granja.post("stock/add", cuerpo)) == [campo]
    assert movimientos(granja) == antes


def test_agregar_a_un_inactivo_o_de_un_proveedor_desconocido_es_400(granja: Granja) -> None:
    cuerpo = {"quantity": 1, "unit_cost": 1, "purchase_date": "2024-01-10"}
    inactivo = granja.post("stock/add", {**cuerpo, "item_master_id": granja.ids["NET-9"]})
    assert detalle(inactivo, 400) == "Item is inactive: Old net [NET-9]"
    ajeno = granja.post("stock/add", {**cuerpo, "item_master_id": granja.ids["CR-12"], "supplier_id": 999999})
    assert detalle(ajeno, 400) == "Supplier not found"
    nadie = granja.post("stock/add", {**cuerpo, "item_master_id": 999999})
    assert detalle(nadie, 404) == "Item not found"
    assert granja.hay("CR-12") == Decimal("29.5")


def test_agregar_admite_blancos_como_nulos_y_numeros_como_texto(granja: Granja) -> None:
    antes = granja.hay("CR-12")
    granja.agregar(
        "CR-12",
        "1",
        "2.50",
        supplier_id="",
        batch_number="",
        expiry_date="",
        po_number="",
        notes="",
        unknown_field=[1],
    )
    assert granja.hay("CR-12") == antes + 1


def test_agregar_con_la_fecha_utc_de_manana_cuenta_como_hoy(granja: Granja) -> None:
    # En Guayaquil (UTC-5) el navegador ya dice mañana desde las siete de la noche; a otra hora es hoy.
    lote = granja.agregar("VIT-MIX", 1, dia=datetime.now(UTC).date().isoformat())
    lotes = granja.ficha("VIT-MIX", include_batches=True)["batches"]
    fecha = next(fila["purchase_date"] for fila in lotes if fila["id"] == lote)
    assert fecha <= datetime.now(UTC).date().isoformat()
    despues = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    cuerpo = {"item_master_id": granja.ids["VIT-MIX"], "quantity": 1, "unit_cost": 1}
    assert campos(granja.post("stock/add", {**cuerpo, "purchase_date": despues})) == ["body -> purchase_date"]


# ── stock/use ───────────────────────────────────────────────────────────────────────────────────


def test_usar_toma_primero_lo_comprado_primero_aunque_se_anotara_despues(granja: Granja) -> None:
    """Apéndice B, 3: con la misma fecha va el lote de menor id; lo más viejo anotado después va antes."""
    granja.item("F", "Fifo feed")
    tercero = granja.agregar("F", 5, 3, "2024-03-01")
    cuarto = granja.agregar("F", 5, 4, "2024-03-01")
    primero = granja.agregar("F", 5, 1, "2024-01-01", expiry_date="2099-01-01")
    cuerpo = granja.usar("F", 12).json()
    assert [(uno["batch_id"], uno["qty_from_batch"]) for uno in cuerpo["batches_used"]] == [
        (primero, "5.00"),
        (tercero, "5.00"),
        (cuarto, "2.00"),
    ]
    assert (cuerpo["total_cost"], cuerpo["weighted_avg_cost"], cuerpo["new_balance"]) == (
        "28.00",
        "2.3333",
        "3.00",
    )
    granja.comprobar()


def test_usar_exactamente_todo_y_uno_mas(granja: Granja) -> None:
    """Apéndice B, 4."""
    antes = movimientos(granja)
    de_mas = granja.usar("CR-12", "29.5001")
    assert detalle(de_mas, 400).startswith("Insufficient stock. Available: 29.50, Requested: 29.5001")
    assert movimientos(granja) == antes
    cuerpo = granja.usar("CR-12", "29.5").json()
    assert (cuerpo["quantity_used"], cuerpo["new_balance"]) == ("29.50", "0.00")
    assert detalle(granja.usar("CR-12", 1), 400) == "No stock available for this item"
    assert granja.suma_del_libro("CR-12") == 0
    granja.comprobar()


def test_usar_anota_una_linea_por_lote_con_quien_para_que_y_donde(granja: Granja) -> None:
    granja.por("b1c9", "Rosa Osei")
    granja.usar("CR-12", 10, purpose="Morning feed", module_reference="pond A", tank_id=7, notes="Windy")
    segunda, primera = granja.libro(transaction_type="use")
    assert (primera["quantity_change"], primera["new_balance"]) == ("-9.00", "20.50")
    assert (segunda["quantity_change"], segunda["new_balance"]) == ("-1.00", "19.50")
    assert primera["batch_number"] == "L-07"
    for fila in (primera, segunda):
        assert (fila["user_id"], fila["username"]) == ("b1c9", "Rosa Osei")
        assert (fila["module_reference"], fila["tank_id"]) == ("pond A", "7")
        assert fila["notes"] == "Morning feed | Windy"
        assert fila["transaction_date"].endswith("Z")
        assert fila["po_number"] is None


@pytest.mark.parametrize("tanque", [7, "7", TANQUE, "pond-3"])
def test_usar_admite_el_tanque_como_numero_o_texto(granja: Granja, tanque: int | str) -> None:
    assert granja.usar("CR-12", 1, tank_id=tanque).status_code == 200
    assert granja.libro()[0]["tank_id"] == str(tanque)


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"quantity": -1}, "body -> quantity"),
        ({"quantity": "abc"}, "body -> quantity"),
        ({"quantity": None}, "body -> quantity"),
        ({"quantity": [1]}, "body -> quantity"),
        ({"purpose": ""}, "body -> purpose"),
        ({"purpose": 5}, "body -> purpose"),
        ({"tank_id": True}, "body -> tank_id"),
        ({"tank_id": {"id": 1}}, "body -> tank_id"),
        ({"tank_id": "x" * 65}, "body -> tank_id"),
        ({"module_reference": "x" * 65}, "body -> module_reference"),
        ({"item_master_id": False}, "body -> item_master_id"),
    ],
)
def test_usar_mal_escrito_nombra_el_campo(granja: Granja, cambio: dict[str, Any], campo: str) -> None:
    cuerpo = {"item_master_id": granja.ids["CR-12"], "quantity": 1, "purpose": "Feed", **cambio}
    assert campos(granja.post("stock/use", cuerpo)) == [campo]
    assert granja.hay("CR-12") == Decimal("29.5")


def test_usar_un_inactivo_sirve_para_agotarlo(granja: Granja, empresa: Empresa) -> None:
    granja.item("OLD", "Old feed")
    granja.agregar("OLD", 5)
    granja.cliente.put(f"{RAIZ}/items/{granja.ids['OLD']}", {"is_active": False})
    assert granja.usar("OLD", 5).status_code == 200
    assert granja.usar("OLD", 1).status_code == 400


def test_lo_vencido_no_se_usa_pero_se_da_de_baja(granja: Granja) -> None:
    """Apéndice B, 10."""
    vencida = granja.usar("PRO-1", 1)
    assert detalle(vencida, 400) == "No stock available for this item"
    assert vencida.json()["expired_qty"] == 3
    granja.agregar("PRO-1", 2, 10)
    corta = granja.usar("PRO-1", 3)
    assert detalle(corta, 400).startswith("Insufficient stock. Available: 2.00, Requested: 3.00")
    assert granja.ajustar("PRO-1", "decrease", 4).status_code == 201
    lotes = granja.ficha("PRO-1", include_batches=True)["batches"]
    assert [(lote["batch_number"], lote["remaining_qty"]) for lote in lotes] == [("P-1", 0), (None, 1)]
    granja.comprobar()


def test_con_varias_bodegas_el_rechazo_nombra_la_suya(granja: Granja, empresa: Empresa) -> None:
    with en_empresa(empresa):
        Bodega.objects.create(empresa=empresa, codigo="ponds", nombre="Ponds")
        principal = Bodega.objects.get(principal=True).nombre
    texto = detalle(granja.usar("CR-12", 100), 400)
    assert texto.endswith(f"(Starter crumble 1.2 [CR-12], Kilogram in {principal})")


# ── stock/adjust ────────────────────────────────────────────────────────────────────────────────


def test_aumentar_abre_su_propio_lote_al_ultimo_costo_de_compra(granja: Granja) -> None:
    respuesta = granja.ajustar("CR-12", "increase", "-2.5")
    assert respuesta.status_code == 201
    cuerpo = respuesta.json()
    assert {nombre: cuerpo[nombre] for nombre in ("previous_qty", "new_qty", "quantity_change")} == {
        "previous_qty": 29.5,
        "new_qty": 32,
        "quantity_change": 2.5,
    }
    ficha = granja.ficha("CR-12", include_batches=True)
    nuevo = ficha["batches"][-1]
    assert nuevo["batch_number"] == f"ADJ-{nuevo['id']}"
    assert (nuevo["unit_cost"], nuevo["remaining_qty"]) == (58, 2.5)
    assert [lote["remaining_qty"] for lote in ficha["batches"][:2]] == [9, 20.5]
    assert ficha["last_purchase_price"] == 58


def test_disminuir_y_recontar_mueven_el_saldo_del_item(granja: Granja) -> None:
    assert granja.ajustar("CR-12", "decrease", 10, notes="Spilled").json()["new_qty"] == 19.5
    assert granja.ajustar("CR-12", "recount", "25").json()["quantity_change"] == 5.5
    filas = granja.get("stock/adjustments").json()
    assert [
        (f["adjustment_type"], f["quantity_change"], f["previous_qty"], f["new_qty"], f["notes"])
        for f in filas["adjustments"]
    ] == [
        ("recount", "5.50", "19.50", "25.00", None),
        ("decrease", "-10.00", "29.50", "19.50", "Spilled"),
    ]
    assert (filas["total"], filas["page"], filas["limit"]) == (2, 1, 50)
    libro = granja.libro(transaction_type="adjustment")
    assert [(f["quantity_change"], f["new_balance"], f["total_cost"], f["notes"]) for f in libro] == [
        ("5.50", "25.00", "319.00", "recount: Monthly count"),
        ("-1.00", "19.50", "58.00", "decrease: Monthly count | Spilled"),
        ("-9.00", "20.50", "495.00", "decrease: Monthly count | Spilled"),
    ]
    granja.comprobar()


def test_contar_lo_mismo_que_hay_es_201_y_no_asienta_nada(granja: Granja) -> None:
    antes = movimientos(granja)
    respuesta = granja.ajustar("CR-12", "recount", "29.50")
    assert respuesta.status_code == 201
    assert respuesta.json() == {
        "success": True,
        "message": "Stock already matches the count",
        "adjustment_id": None,
        "previous_qty": 29.5,
        "new_qty": 29.5,
        "quantity_change": 0,
    }
    assert movimientos(granja) == antes


def test_recontar_en_cero_vacia_y_otra_vez_no_hace_nada(granja: Granja) -> None:
    assert granja.ajustar("CR-12", "recount", 0).json()["quantity_change"] == -29.5
    assert granja.ajustar("CR-12", "recount", 0).json()["quantity_change"] == 0
    assert granja.hay("CR-12") == 0


def test_ajustar_de_mas_dice_cuanto_faltaria_y_no_mueve_nada(granja: Granja) -> None:
    antes = movimientos(granja)
    texto = detalle(granja.ajustar("CR-12", "decrease", 30), 400)
    assert texto == "Adjustment would result in negative stock (-0.50)"
    assert detalle(granja.ajustar("CR-12", "recount", -1), 400) == (
        "Adjustment would result in negative stock (-1.00)"
    )
    assert movimientos(granja) == antes


@pytest.mark.parametrize(
    ("clase", "cantidad", "cambio", "campo"),
    [
        ("increase", 0, {}, "body -> quantity_change"),
        ("decrease", "0.0000", {}, "body -> quantity_change"),
        ("recount", None, {}, "body -> quantity_change"),
        ("recount", True, {}, "body -> quantity_change"),
        ("lost", 1, {}, "body -> adjustment_type"),
        ("increase", 1, {"reason": ""}, "body -> reason"),
        ("increase", 1, {"reason": "x" * 256}, "body -> reason"),
    ],
)
def test_ajustar_mal_escrito_nombra_el_campo(
    granja: Granja, clase: str, cantidad: Any, cambio: dict[str, Any], campo: str
) -> None:
    assert campos(granja.ajustar("CR-12", clase, cantidad, **cambio)) == [campo]
    assert granja.hay("CR-12") == Decimal("29.5")


def test_medio_aireador_no_se_usa_ni_se_cuenta(granja: Granja) -> None:
    assert campos(granja.usar("Air stone", "0.5")) == ["body -> quantity"]
    assert campos(granja.ajustar("Air stone", "recount", "9.5")) == ["body -> quantity_change"]
    assert campos(granja.reservar("Air stone", "0.5")) == ["body -> quantity"]
    assert granja.hay("Air stone") == 10


def test_en_un_periodo_cerrado_no_entra_nada(granja: Granja, empresa: Empresa) -> None:
    Empresa.objects.filter(pk=empresa.pk).update(cierre_hasta=date(2024, 6, 30))
    cuerpo = {"item_master_id": granja.ids["CR-12"], "quantity": 1, "unit_cost": 1}
    cerrado = granja.post("stock/add", {**cuerpo, "purchase_date": "2024-06-30"})
    assert detalle(cerrado, 400) == "The books are closed for that date: use a later one"
    assert granja.hay("CR-12") == Decimal("29.5")
    assert granja.post("stock/add", {**cuerpo, "purchase_date": "2024-07-01"}).status_code == 201
