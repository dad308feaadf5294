"""El cliente del contrato en inglés y el reemplazo de `InventoryIntegration`, con un servidor de verdad."""

from __future__ import annotations

import asyncio
import inspect
import uuid
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from pytest_django.live_server_helper import LiveServer

from inventario.cuentas.claves.services import crear_clave_api
from inventario.movimientos.models import Asiento, Movimiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.tests.intermediario import intermediario
from inventario_cliente import DatoInvalido, NoEncontrado, ReglaRota, SinPermiso
from inventario_cliente.biofloc import (
    Deduction,
    InventoryClient,
    InventoryIntegration,
    InventoryRefused,
    InventoryUnavailable,
    UnknownSku,
    configure,
    create_inventory_integration,
    integration,
)

T = TypeVar("T")
TANQUE = "550e8400-e29b-41d4-a716-446655440000"
SIEMBRA = "660e8400-e29b-41d4-a716-446655440001"
PERSONA = {"user_id": "0c3e9a52-6d1f-4b7e-8f10-2a5d4c7b9e31", "username": "Íngrid Osei"}


def corre(corrutina: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(corrutina)


@dataclass
class Granja:
    """Una granja con dos artículos: FEED-3MM en dos lotes (10 a 5.00 y 20 a 6.50) y VIT-MIX (3 a 5.50)."""

    mundo: Mundo
    url: str
    clave: str
    esperas: list[float] = field(default_factory=list)

    def cliente(self, url: str = "") -> InventoryClient:
        return InventoryClient(url or self.url, self.clave, dormir=self.esperas.append, azar=lambda: 1.0)

    def salidas(self) -> list[tuple[str, Decimal]]:
        with en_empresa(self.mundo.empresa):
            lineas = Movimiento.objects.filter(cantidad__lt=0).order_by("pk")
            return [(linea.producto.sku or "", linea.cantidad) for linea in lineas]

    def ultimo(self) -> Asiento:
        with en_empresa(self.mundo.empresa):
            asiento: Asiento = Asiento.objects.select_related("actor").latest("pk")
            return asiento


@pytest.fixture
def granja(mundo: Mundo, live_server: LiveServer) -> Granja:
    # Las listas del contrato miran los últimos treinta días de verdad.
    mundo.reloj.ahora = datetime.now(UTC) - timedelta(hours=1)
    with en_empresa(mundo.empresa):
        pienso = mundo.producto("FEED-3MM", nombre="Feed 3mm 32%")
        mundo.entrada(pienso, 10, costo="5.00", codigo="L-1")
        mundo.entrada(pienso, 20, costo="6.50", codigo="L-2")
        mundo.entrada(mundo.producto("VIT-MIX", nombre="Vitamin Mix"), 3, costo="5.50")
    _, clave = crear_clave_api(
        empresa=mundo.empresa,
        nombre="biofloc",
        alcances=["inventory:read", "inventory:write", "inventory:delete"],
    )
    return Granja(mundo, live_server.url, clave)


@pytest.fixture
def cliente(granja: Granja) -> Iterator[InventoryClient]:
    with granja.cliente() as cliente:
        yield cliente


@pytest.fixture
def inv(cliente: InventoryClient) -> InventoryIntegration:
    return InventoryIntegration(module_name="biofloc", client=cliente)


def sesion(**otros: Any) -> dict[str, Any]:
    """Lo que manda biofloc al anotar una sesión de alimentación: 12.5 kg de pienso y 0.5 de vitaminas."""
    return {
        "deductions": [
            {"sku": "FEED-3MM", "quantity": 12.5, "notes": "mañana"},
            {"sku": "VIT-MIX", "quantity": 0.5, "notes": None},
        ],
        "module_reference": "biofloc",
        "tank_id": TANQUE,
        "batch_id": SIEMBRA,
        "session_number": 1,
        "global_notes": "Daily feeding session 1",
        **PERSONA,
        **otros,
    }


SALIDA_DE_LA_SESION = [
    ("FEED-3MM", Decimal("-10")),
    ("FEED-3MM", Decimal("-2.5")),
    ("VIT-MIX", Decimal("-0.5")),
]


class TestSesionDeAlimentacion:
    def test_descuenta_y_alinea_un_movimiento_por_linea(
        self, granja: Granja, inv: InventoryIntegration
    ) -> None:
        hecho = corre(inv.batch_deduct(**sesion()))
        assert granja.salidas() == SALIDA_DE_LA_SESION
        # La primera línea tocó dos lotes: el segundo identificador no puede correr a las demás líneas.
        assert len(hecho["all_transaction_ids"]) == 3
        assert hecho["transaction_ids"] == [hecho["all_transaction_ids"][0], hecho["all_transaction_ids"][2]]
        assert all(type(pk) is int for pk in hecho["all_transaction_ids"])
        assert hecho["total_cost"] == Decimal("69.00")
        assert isinstance(hecho["total_cost"], Decimal)
        assert (hecho["successful"], hecho["total"], hecho["replayed"]) == (2, 2, False)
        assert [(una["sku"], una["cost"]) for una in hecho["results"]] == [
            ("FEED-3MM", Decimal("66.25")),
            ("VIT-MIX", Decimal("2.75")),
        ]
        asiento = granja.ultimo()
        assert (asiento.modulo, asiento.tanque, asiento.lote_modulo, asiento.sesion) == (
            "biofloc",
            TANQUE,
            SIEMBRA,
            1,
        )
        assert (asiento.externo_id, asiento.externo_nombre) == (PERSONA["user_id"], "Íngrid Osei")

    def test_repetida_tras_fallar_el_registro_de_biofloc_no_descuenta_otra_vez(
        self, granja: Granja, inv: InventoryIntegration, caplog: pytest.LogCaptureFixture
    ) -> None:
        primera = corre(inv.batch_deduct(**sesion()))
        otra = corre(inv.batch_deduct(**sesion()))
        assert granja.salidas() == SALIDA_DE_LA_SESION
        assert otra["replayed"] is True
        assert {**otra, "replayed": False} == primera
        assert "already deducted" in caplog.text

    @pytest.mark.parametrize(
        "cambio",
        [
            {"session_number": 2},
            {"tank_id": SIEMBRA},
            {"feeding_date": date(2026, 3, 9)},
            {"global_notes": "otra"},
            {"session_number": None},
            {"tank_id": None},
            {"idempotency_key": "mi-clave"},
        ],
        ids=lambda cambio: next(iter(cambio)),
    )
    def test_lo_que_es_otra_sesion_descuenta(
        self, granja: Granja, inv: InventoryIntegration, cambio: dict[str, Any]
    ) -> None:
        poco = [{"sku": "VIT-MIX", "quantity": "0.5"}]
        corre(inv.batch_deduct(**sesion(deductions=poco)))
        corre(inv.batch_deduct(**sesion(deductions=poco, **cambio)))
        assert granja.salidas() == [("VIT-MIX", Decimal("-0.5"))] * 2

    def test_la_misma_cantidad_escrita_distinto_es_la_misma_sesion(
        self, granja: Granja, inv: InventoryIntegration
    ) -> None:
        for cantidad, nota in ((0.5, None), ("0.50", ""), (Decimal("0.5000"), None)):
            linea = {"sku": "VIT-MIX", "quantity": cantidad, "notes": nota}
            corre(inv.batch_deduct(**sesion(deductions=[linea], global_notes=nota)))
        assert granja.salidas() == [("VIT-MIX", Decimal("-0.5"))]

    def test_sin_existencia_se_lee_que_falta_y_nada_sale(
        self, granja: Granja, inv: InventoryIntegration
    ) -> None:
        lineas = [{"sku": "FEED-3MM", "quantity": 1}, {"sku": "VIT-MIX", "quantity": 4}]
        with pytest.raises(InventoryRefused) as visto:
            corre(inv.batch_deduct(**sesion(deductions=lineas)))
        texto = str(visto.value)
        assert texto.startswith(
            "Batch deduction failed. 1 items failed, 1 would have succeeded. All rolled back."
        )
        for parte in ("Vitamin Mix", "3", "4", "Kilogram"):
            assert parte in texto
        assert (visto.value.status_code, visto.value.detail) == (400, texto)
        assert [una["success"] for una in visto.value.results] == [True, False]
        assert granja.salidas() == []

    def test_por_nombre_y_por_id_tambien(self, granja: Granja, inv: InventoryIntegration) -> None:
        articulo = corre(inv.get_item_by_sku("VIT-MIX"))
        assert articulo is not None
        hecho = corre(
            inv.batch_deduct(
                [{"sku": "Feed 3mm 32%", "quantity": 1}, {"item_id": articulo["id"], "quantity": 1}]
            )
        )
        assert [una["sku"] for una in hecho["results"]] == ["FEED-3MM", "VIT-MIX"]
        assert granja.ultimo().modulo == "biofloc"

    def test_una_respuesta_perdida_en_la_red_no_descuenta_dos_veces(self, granja: Granja) -> None:
        with intermediario(granja.url) as red, granja.cliente(red.url) as cliente:
            red.guion = ["perder", "503", "pasar"]
            inv = InventoryIntegration(client=cliente)
            assert corre(inv.batch_deduct(**sesion()))["successful"] == 2
            assert len(red.claves()) == 1
        assert granja.salidas() == SALIDA_DE_LA_SESION

    def test_una_pagina_en_lugar_de_la_respuesta_se_dice_en_ingles(self, granja: Granja) -> None:
        with intermediario(granja.url) as red, granja.cliente(red.url) as cliente:
            red.guion = ["html"]
            with pytest.raises(InventoryUnavailable, match="cannot be read"):
                corre(InventoryIntegration(client=cliente).batch_deduct(**sesion()))
        assert granja.salidas() == []

    def test_sin_servidor_se_dice_y_se_puede_repetir(self, granja: Granja) -> None:
        with intermediario(granja.url) as red, granja.cliente(red.url) as cliente:
            inv = InventoryIntegration(client=cliente)
            red.guion = ["perder", "cortar", "cortar", "cortar"]
            with pytest.raises(InventoryUnavailable, match="did not answer"):
                corre(inv.batch_deduct(**sesion()))
            repetida = corre(inv.batch_deduct(**sesion()))
        assert repetida["replayed"] is True
        assert granja.salidas() == SALIDA_DE_LA_SESION


class TestEntradaDeTanque:
    def test_descuenta_y_no_entrega_un_entero_donde_biofloc_guarda_un_uuid(
        self, granja: Granja, inv: InventoryIntegration
    ) -> None:
        usado = corre(
            inv.deduct_stock(
                item_sku="FEED-3MM", quantity=12.5, reference_id=uuid.UUID(TANQUE), notes="melaza", **PERSONA
            )
        )
        assert [una["batch_id"] for una in usado["batches_used"]] == [None, None]
        assert usado.batches_used[0].batch_id is None
        assert all(type(una["inventory_batch_id"]) is int for una in usado["batches_used"])
        assert [(una["batch_number"], una["qty_from_batch"]) for una in usado["batches_used"]] == [
            ("L-1", 10),
            ("L-2", Decimal("2.5")),
        ]
        assert (usado["total_cost"], usado["weighted_avg_cost"]) == (Decimal("66.25"), Decimal("5.3"))
        assert (usado["new_balance"], usado["unit"]) == (Decimal("17.5"), "Kilogram")
        asiento = granja.ultimo()
        assert (asiento.modulo, asiento.tanque, asiento.externo_nombre) == ("biofloc", TANQUE, "Íngrid Osei")

    def test_dos_entradas_iguales_son_dos_salvo_con_la_misma_clave(
        self, granja: Granja, inv: InventoryIntegration
    ) -> None:
        corre(inv.deduct_stock("VIT-MIX", 1))
        corre(inv.deduct_stock("VIT-MIX", 1))
        corre(inv.deduct_stock("VIT-MIX", "0.25", idempotency_key="vale-1"))
        assert corre(inv.deduct_stock("VIT-MIX", "0.25", idempotency_key="vale-1"))["replayed"] is True
        assert granja.salidas() == [
            ("VIT-MIX", Decimal("-1")),
            ("VIT-MIX", Decimal("-1")),
            ("VIT-MIX", Decimal("-0.25")),
        ]

    def test_un_sku_que_no_existe_es_un_valueerror_que_lo_nombra(
        self, granja: Granja, inv: InventoryIntegration
    ) -> None:
        with pytest.raises(ValueError, match="FEED-9MM"):
            corre(inv.deduct_stock("FEED-9MM", 1))
        with pytest.raises(UnknownSku, match="FEED-9MM"):
            corre(inv.create_reservation("FEED-9MM", 1))
        assert granja.salidas() == []

    def test_lo_insuficiente_nombra_articulo_cifras_y_unidad(
        self, granja: Granja, inv: InventoryIntegration
    ) -> None:
        with pytest.raises(InventoryRefused) as visto:
            corre(inv.deduct_stock("VIT-MIX", "3.0001"))
        assert str(visto.value).startswith("Insufficient stock. Available: 3")
        for parte in ("Requested: 3.0001", "Vitamin Mix", "Kilogram"):
            assert parte in str(visto.value)
        assert granja.salidas() == []


class TestLecturas:
    def test_lo_que_hay_con_y_sin_reservas(self, inv: InventoryIntegration) -> None:
        corre(inv.create_reservation("FEED-3MM", 5, reference_id=TANQUE, duration_hours=2, notes="noche"))
        hallado = corre(inv.bulk_fetch(skus=["FEED-3MM", "NADA"], include_batches=True))
        assert (hallado["total"], hallado["found"], hallado["not_found"]) == (1, 1, ["NADA"])
        [articulo] = hallado["items"]
        assert (articulo["current_qty"], articulo["reserved_qty"], articulo["available_qty"]) == (30, 5, 25)
        assert (articulo["unit"], articulo.name) == ("Kilogram", "Feed 3mm 32%")
        assert [una["batch_number"] for una in articulo["batches"]] == ["L-1", "L-2"]
        assert corre(inv.bulk_fetch())["items"] == []

    def test_preguntar_no_gasta_una_clave_y_tambien_se_reintenta(self, granja: Granja) -> None:
        with intermediario(granja.url) as red, granja.cliente(red.url) as cliente:
            red.guion = ["perder"]
            assert cliente.bulk_fetch(skus=["FEED-3MM"]).found == 1
            assert [una.clave_idempotencia for una in red.recibidas] == [None, None]

    def test_disponible_es_lo_que_se_puede_sacar(self, inv: InventoryIntegration) -> None:
        assert corre(inv.check_availability("VIT-MIX")) == {
            "available": True,
            "sku": "VIT-MIX",
            "current_qty": 3,
            "reserved_qty": 0,
            "available_qty": 3,
            "unit": "Kilogram",
        }
        corre(inv.create_reservation("VIT-MIX", 3))
        tras_reservar = corre(inv.check_availability("VIT-MIX"))
        assert (tras_reservar.available, tras_reservar.current_qty) == (False, 3)
        assert corre(inv.check_availability("NADA"))["available"] is False
        assert corre(inv.get_item_by_sku("NADA")) is None

    def test_para_cuantos_dias_alcanza(self, inv: InventoryIntegration) -> None:
        assert corre(inv.estimate_days_remaining("FEED-3MM", Decimal("4"))) == 7.5
        assert corre(inv.estimate_days_remaining("FEED-3MM", 0)) is None
        assert corre(inv.estimate_days_remaining("NADA", 1)) is None

    def test_los_informes_del_modulo(self, cliente: InventoryClient, inv: InventoryIntegration) -> None:
        articulo = corre(inv.get_item_by_sku("VIT-MIX"))
        assert articulo is not None
        ajustes = {"dosis": {"por_m3": 1.5}}
        cliente.map_item(articulo["id"], "biofloc", is_primary=True, custom_settings=ajustes)
        [del_modulo] = corre(inv.get_module_items())
        assert (del_modulo["sku"], del_modulo["is_primary"]) == ("VIT-MIX", True)
        assert del_modulo["custom_settings"] == {"dosis": {"por_m3": Decimal("1.5")}}
        assert corre(inv.get_low_stock_items()) == []
        cliente.update_item(articulo["id"], {"reorder_threshold": "5"})
        [bajo] = corre(inv.get_low_stock_items())
        assert (bajo["item_name"], bajo["current_qty"], bajo["deficit"]) == ("Vitamin Mix", 3, 2)
        corre(inv.deduct_stock("VIT-MIX", 2))
        hoy = datetime.now(UTC).date()
        informe = corre(inv.get_consumption_report(hoy - timedelta(days=1), hoy + timedelta(days=1)))
        assert informe["module_name"] == "biofloc"
        [consumo] = informe["items"]
        assert (consumo["sku"], consumo["total_quantity_used"], consumo["total_cost"]) == ("VIT-MIX", 2, 11)


class TestReservas:
    def test_se_confirma_una_vez(self, granja: Granja, inv: InventoryIntegration) -> None:
        reserva = corre(
            inv.create_reservation(
                item_sku="FEED-3MM",
                quantity=4.25,
                module_reference="biofloc",
                reference_id=TANQUE,
                duration_hours=24,
                notes="Tomorrow",
                user_id=PERSONA["user_id"],
            )
        )
        assert (reserva["status"], reserva["quantity"], reserva["reference_id"]) == (
            "pending",
            Decimal("4.25"),
            TANQUE,
        )
        assert reserva["reserved_until"] - reserva["created_at"] == pytest.approx(
            timedelta(hours=24), abs=timedelta(seconds=5)
        )
        confirmada = corre(inv.confirm_reservation(reserva["id"], **PERSONA))
        assert confirmada["cost"] == Decimal("21.25")
        with pytest.raises(InventoryRefused) as visto:
            corre(inv.confirm_reservation(reserva["id"]))
        assert visto.value.status_code == 404
        assert granja.salidas() == [("FEED-3MM", Decimal("-4.25"))]

    def test_se_cancela_una_vez(self, granja: Granja, inv: InventoryIntegration) -> None:
        reserva = corre(inv.create_reservation("VIT-MIX", 3))
        assert corre(inv.cancel_reservation(reserva["id"])) is True
        with pytest.raises(InventoryRefused, match=r"\w"):
            corre(inv.cancel_reservation(reserva["id"]))
        assert corre(inv.check_availability("VIT-MIX"))["available_qty"] == 3
        assert granja.salidas() == []


class TestReemplazo:
    def test_la_clase_se_construye_y_se_llama_como_la_anterior(self) -> None:
        esperados = {
            "batch_deduct": "deductions module_reference tank_id batch_id session_number global_notes "
            "user_id username",
            "deduct_stock": "item_sku quantity user_id username reference_id notes",
            "bulk_fetch": "skus item_ids include_reserved include_batches",
            "get_item_by_sku": "sku",
            "check_availability": "sku",
            "estimate_days_remaining": "sku daily_usage",
            "create_reservation": "item_sku quantity module_reference reference_id duration_hours notes "
            "user_id",
            "cancel_reservation": "reservation_id",
            "confirm_reservation": "reservation_id user_id username",
            "get_consumption_report": "start_date end_date days_back",
            "get_module_items": "",
            "get_low_stock_items": "",
        }
        for metodo, argumentos in esperados.items():
            funcion = getattr(InventoryIntegration, metodo)
            assert inspect.iscoroutinefunction(funcion), metodo
            visibles = [
                nombre
                for nombre, parametro in inspect.signature(funcion).parameters.items()
                if parametro.kind is parametro.POSITIONAL_OR_KEYWORD and nombre != "self"
            ]
            assert visibles == argumentos.split(), metodo
        assert InventoryIntegration().module_name == "biofloc"
        assert create_inventory_integration("hatchery").module_name == "hatchery"

    def test_se_configura_por_el_ambiente_o_con_una_llamada(
        self, granja: Granja, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(integration, "_comun", None)
        monkeypatch.delenv("INVENTORY_URL", raising=False)
        monkeypatch.setenv("INVENTORY_API_KEY", granja.clave)
        with pytest.raises(InventoryUnavailable, match="INVENTORY_URL"):
            corre(InventoryIntegration().get_item_by_sku("VIT-MIX"))
        monkeypatch.setenv("INVENTORY_URL", granja.url)
        assert corre(InventoryIntegration().get_item_by_sku("VIT-MIX")) is not None
        assert InventoryIntegration().client is InventoryIntegration("hatchery").client
        nuevo = configure(granja.url, "sk_live_mala")
        with pytest.raises(InventoryRefused) as visto:
            corre(InventoryIntegration().get_item_by_sku("VIT-MIX"))
        assert (visto.value.status_code, bool(visto.value.detail)) == (401, True)
        nuevo.close()

    def test_varias_corrutinas_a_la_vez_comparten_el_cliente(
        self, granja: Granja, inv: InventoryIntegration
    ) -> None:
        async def todas() -> list[Any]:
            return await asyncio.gather(*(inv.deduct_stock("FEED-3MM", 1) for _ in range(6)))

        hechas = corre(todas())
        assert sorted(una["new_balance"] for una in hechas) == [24, 25, 26, 27, 28, 29]
        assert len(granja.salidas()) == 6


class TestCliente:
    def test_catalogo(self, cliente: InventoryClient) -> None:
        assert cliente.create_category("Aditivos", "Mezclas").category == "Aditivos"
        assert "Aditivos" in {una.category for una in cliente.list_categories()}
        creado = cliente.create_item(
            item_name="Melaza", unit="Liter", sku="MEL-1", category="Aditivos", default_price="1.25"
        )
        assert (creado.current_qty, creado.default_price, creado.is_active) == (0, Decimal("1.25"), True)
        with pytest.raises(ReglaRota, match=r"\w"):
            cliente.create_item(item_name="Otra", unit="Liter", sku="MEL-1")
        assert cliente.update_item(creado.id, {"category": None, "item_name": "Melaza B"}).category is None
        pagina = cliente.list_items(is_active=True, page=1, limit=2)
        assert (len(pagina.items), pagina.total, pagina.limit) == (2, 3, 2)
        assert {uno.sku for uno in cliente.iter_items()} == {"MEL-1", "FEED-3MM", "VIT-MIX"}
        cliente.delete_item(creado.id)
        cliente.delete_item(creado.id, permanent=True)
        with pytest.raises(NoEncontrado):
            cliente.delete_item(creado.id)
        kilo = next(una for una in cliente.list_units() if una.unit_name == "Kilogram")
        assert (kilo.abbreviation, kilo.item_count) == ("kg", 2)

    def test_entra_sale_y_se_corrige(self, cliente: InventoryClient) -> None:
        hoy = datetime.now(UTC).date()
        [articulo] = cliente.bulk_fetch(skus=["VIT-MIX"]).items
        agregado = cliente.add_stock(
            item_id=articulo.id,
            quantity="2.5",
            unit_cost="6.1234",
            purchase_date=hoy - timedelta(days=20),
            batch_number="V-9",
            expiry_date=hoy + timedelta(days=400),
        )
        assert agregado.new_total_qty == Decimal("5.5")
        usado = cliente.use_stock(item_id=articulo.id, quantity=1, purpose="Prueba", tank_id=7)
        assert [(uno.batch_id, uno.unit_cost) for uno in usado.batches_used] == [
            (agregado.batch_id, Decimal("6.1234"))
        ]
        ajuste = cliente.adjust_stock(
            item_id=articulo.id, adjustment_type="recount", quantity_change=4, reason="Conteo"
        )
        assert (ajuste.previous_qty, ajuste.new_qty, ajuste.quantity_change) == (
            Decimal("4.5"),
            4,
            Decimal("-0.5"),
        )
        filas = list(cliente.iter_transactions(item_id=articulo.id))
        assert [fila.transaction_type for fila in filas] == ["adjustment", "use", "add", "add"]
        assert filas[1].tank_id == "7"
        assert cliente.list_transactions(transaction_type="use").total == 1

    def test_varias_salidas_de_una_vez(self, granja: Granja, cliente: InventoryClient) -> None:
        hecho = cliente.use_batch(
            [Deduction(sku="FEED-3MM", quantity="10.5"), Deduction(sku="VIT-MIX", quantity="0.5")],
            module_reference="biofloc",
        )
        assert [len(linea.transaction_ids) for linea in hecho.results] == [2, 1]
        assert hecho.total_cost == Decimal("56.00")
        with pytest.raises(ReglaRota) as visto:
            cliente.use_batch([Deduction(sku="NADA", quantity=1)], module_reference="biofloc")
        assert visto.value.cuerpo["results"][0]["success"] is False
        with pytest.raises(DatoInvalido, match="deductions"):
            cliente.use_batch([], module_reference="biofloc")

    def test_reservas_modulos_y_panel(self, cliente: InventoryClient) -> None:
        [articulo] = cliente.bulk_fetch(skus=["FEED-3MM"]).items
        reserva = cliente.reserve(item_id=articulo.id, quantity=5, module_reference="hatchery")
        [vista] = cliente.list_reservations(module_reference="hatchery").reservations
        assert (vista.id, vista.status, vista.quantity) == (reserva.id, "pending", 5)
        with pytest.raises(ReglaRota, match="Insufficient"):
            cliente.reserve(item_id=articulo.id, quantity=26, module_reference="biofloc")
        assert cliente.confirm_reservation(reserva.id).cost == Decimal("25.00")
        assert cliente.list_reservations().total == 0
        assert cliente.list_reservations(status="all").total == 1
        cliente.map_item(articulo.id, "hatchery")
        assert [uno.id for uno in cliente.module_items("hatchery")] == [articulo.id]
        cliente.unmap_item(articulo.id, "hatchery")
        assert cliente.module_items("hatchery") == []
        assert cliente.module_consumption("hatchery", days_back=7).total_cost == Decimal("25.00")
        assert cliente.expiry_alerts(days=30) == []
        panel = cliente.dashboard()
        assert (panel.total_items, panel.total_stock_value) == (2, Decimal("171.50"))

    def test_una_clave_que_solo_lee_no_descuenta(self, granja: Granja) -> None:
        _, clave = crear_clave_api(
            empresa=granja.mundo.empresa, nombre="Lectora", alcances=["inventory:read"]
        )
        with InventoryClient(granja.url, clave) as lector:
            [articulo] = lector.bulk_fetch(skus=["FEED-3MM"]).items
            with pytest.raises(SinPermiso, match=r"\w"):
                lector.use_stock(item_id=articulo.id, quantity=1, purpose="x")
        assert granja.salidas() == []
