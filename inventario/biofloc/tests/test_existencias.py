"""Entrar, usar y ajustar un ítem, y lo que el libro muestra después (§2.4, §2.5, §2.8, §3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventario.biofloc.tests.mundo_de_ejemplo import CARDUMEN, RAIZ, TANQUE, Granja
from inventario.cuentas.models import Bodega, Empresa
from inventario.cuentas.services import crear_clave_api
from inventario.movimientos.models import Movimiento
from inventario.nucleo.inquilino import en_empresa
from inventario.nucleo.tests.fabricas import ProveedorFabrica
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db


def detalle(respuesta: Any, estado: int) -> str:
    """El texto del rechazo, después de exigir su estado y su forma."""
    assert respuesta.status_code == estado, respuesta.content
    cuerpo = respuesta.json()
    assert isinstance(cuerpo["detail"], str)
    assert cuerpo["detail"]
    if estado == 422:
        assert cuerpo["errors"]
    return str(cuerpo["detail"])


def campos(respuesta: Any) -> list[str]:
    """Los campos que nombra un 422."""
    detalle(respuesta, 422)
    return [error["field"] for error in respuesta.json()["errors"]]


def movimientos(granja: Granja) -> int:
    with en_empresa(granja.empresa):
        return int(Movimiento.objects.count())


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
