"""Reservar, listar, cancelar y confirmar por el contrato (§2.10, §3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from inventario.biofloc.tests.mundo_de_ejemplo import RAIZ, TANQUE, Granja, campos, detalle, movimientos
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.movimientos.models import Asiento, Motivo
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto
from inventario.reservas.services import reservar, vencer_reservas

pytestmark = pytest.mark.django_db


def _instante(texto: str) -> datetime:
    assert texto.endswith("Z")
    return datetime.fromisoformat(texto)


def _pasada(granja: Granja, actor: Actor, cantidad: int) -> str:
    """Una reserva de una hora hecha hace dos: nadie la anotó todavía como vencida."""
    with en_empresa(granja.empresa):
        reserva = reservar(
            actor=actor,
            producto=Producto.objects.get(pk=granja.ids["CR-12"]),
            bodega=bodega_principal(granja.empresa),
            cantidad=Decimal(cantidad),
            horas=1,
            modulo="growout",
            reloj=lambda: timezone.now() - timedelta(hours=2),
        )
    return str(reserva.pk)


def _lista(granja: Granja, **consulta: Any) -> list[str]:
    cuerpo = granja.get("stock/reservations", **consulta).json()
    assert cuerpo["total"] == len(cuerpo["reservations"])
    return [fila["id"] for fila in cuerpo["reservations"]]


def test_reservar_aparta_sin_mover_nada(granja: Granja) -> None:
    antes = movimientos(granja)
    granja.por("u-7", "R. Osei")
    respuesta = granja.reservar("CR-12", "12.5", reference_id=TANQUE.upper(), notes="night shift")
    assert respuesta.status_code == 201
    cuerpo = respuesta.json()
    creada, vence = _instante(cuerpo.pop("created_at")), _instante(cuerpo.pop("reserved_until"))
    assert vence - creada == timedelta(hours=24)
    assert len(cuerpo.pop("id")) == 36
    assert cuerpo == {
        "item_id": granja.ids["CR-12"],
        "item_name": "Starter crumble 1.2",
        "sku": "CR-12",
        "quantity": 12.5,
        "remaining_quantity": 12.5,
        "module_reference": "biofloc",
        "reference_id": TANQUE,
        "status": "pending",
        "notes": "night shift",
        "created_by": "u-7",
        "created_by_name": "R. Osei",
    }
    assert movimientos(granja) == antes
    ficha = granja.ficha("CR-12")
    assert (ficha["current_qty"], ficha["reserved_qty"], ficha["available_qty"]) == (29.5, 12.5, 17)


def test_reservar_de_una_a_setecientas_veinte_horas(granja: Granja) -> None:
    """Apéndice B, 8."""
    for horas in (1, "720"):
        assert granja.reservar("CR-12", 1, duration_hours=horas).status_code == 201
    for malas in (0, 721, -1, 1.5, True):
        assert campos(granja.reservar("CR-12", 1, duration_hours=malas)) == ["body -> duration_hours"]
    assert granja.ficha("CR-12")["reserved_qty"] == 2


def test_reservar_mas_de_lo_disponible_dice_cuanto_hay(granja: Granja) -> None:
    granja.reservada("CR-12", 20)
    corta = granja.reservar("CR-12", 10)
    assert detalle(corta, 400) == (
        "Insufficient available stock. Available: 9.50, Requested: 10.00 "
        "(Starter crumble 1.2 [CR-12], Kilogram)"
    )
    assert corta.json()["reserved_qty"] == 20
    # Lo vencido no se promete.
    vencido = granja.reservar("PRO-1", 1)
    assert detalle(vencido, 400).startswith("Insufficient available stock. Available: 0.00, Requested: 1.00")
    assert granja.ficha("CR-12")["reserved_qty"] == 20


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"quantity": 0}, "body -> quantity"),
        ({"quantity": "0.00001"}, "body -> quantity"),
        ({"quantity": "0.001"}, "body -> quantity"),
        ({"quantity": True}, "body -> quantity"),
        ({"item_id": None}, "body -> item_id"),
        ({"module_reference": "pond"}, "body -> module_reference"),
        ({"reference_id": "7"}, "body -> reference_id"),
    ],
)
def test_reservar_mal_escrito_nombra_el_campo(granja: Granja, cambio: dict[str, Any], campo: str) -> None:
    cuerpo = {"item_id": granja.ids["CR-12"], "quantity": 1, "module_reference": "biofloc", **cambio}
    assert campos(granja.post("stock/reserve", cuerpo)) == [campo]
    assert _lista(granja, status="") == []


def test_reservar_un_inactivo_o_desconocido_es_404(granja: Granja) -> None:
    assert detalle(granja.reservar("NET-9", 1), 404) == "Item not found"
    nadie = {"item_id": 999999, "quantity": 1, "module_reference": "biofloc"}
    assert detalle(granja.post("stock/reserve", nadie), 404) == "Item not found"


def test_listar_sin_estado_da_las_pendientes_y_con_estado_vacio_todas(granja: Granja) -> None:
    """Apéndice B, 14 (M4)."""
    pendiente = granja.reservada("CR-12", 1)
    cancelada = granja.reservada("CR-12", 1, "growout")
    granja.delete(f"stock/reserve/{cancelada}")
    confirmada = granja.reservada("VIT-MIX", 1)
    granja.post(f"stock/confirm-reservation/{confirmada}")
    todas = [confirmada, cancelada, pendiente]
    assert _lista(granja) == [pendiente]
    assert _lista(granja, status="pending") == [pendiente]
    assert _lista(granja, status="") == todas
    assert _lista(granja, status="all") == todas
    assert _lista(granja, status="confirmed") == [confirmada]
    assert _lista(granja, status="cancelled") == [cancelada]
    assert _lista(granja, status="expired") == []
    assert _lista(granja, status="lost") == []
    assert _lista(granja, status="", module_reference="growout") == [cancelada]
    assert _lista(granja, status="", item_id=granja.ids["VIT-MIX"]) == [confirmada]
    assert _lista(granja, module_reference="") == [pendiente]
    assert campos(granja.get("stock/reservations", item_id="x")) == ["query -> item_id"]
    pagina = granja.get("stock/reservations", status="", limit=1, page=2).json()
    assert ([fila["id"] for fila in pagina["reservations"]], pagina["total"]) == ([cancelada], 3)


def test_pasada_la_hora_no_cuenta_aunque_nadie_lo_anote(granja: Granja, actor: Actor) -> None:
    """Apéndice B, 8."""
    vencida = _pasada(granja, actor, 25)
    assert granja.ficha("CR-12")["available_qty"] == 29.5
    assert _lista(granja) == []
    assert _lista(granja, status="expired") == [vencida]
    tarde = granja.post(f"stock/confirm-reservation/{vencida}")
    assert detalle(tarde, 404) == "Reservation not found or no longer pending: it is expired"
    assert detalle(granja.delete(f"stock/reserve/{vencida}"), 404)
    assert vencer_reservas(granja.empresa) == 1
    assert _lista(granja, status="expired") == [vencida]
    assert granja.hay("CR-12") == 29.5
    granja.comprobar()


def test_confirmar_saca_por_peps_y_lo_deja_dicho(granja: Granja) -> None:
    reserva = granja.reservada("CR-12", 10, reference_id=TANQUE, notes="night shift")
    respuesta = granja.post(f"stock/confirm-reservation/{reserva}")
    assert respuesta.status_code == 200
    cuerpo = respuesta.json()
    segunda, primera = granja.libro(transaction_type="use")
    assert cuerpo == {
        "success": True,
        "message": "Reservation confirmed and stock used",
        "reservation_id": reserva,
        "transaction_id": None,
        "transaction_ids": [primera["id"], segunda["id"]],
        "cost": 553,
    }
    assert (primera["batch_number"], primera["quantity_change"]) == ("L-07", "-9.00")
    assert primera["module_reference"] == "biofloc"
    assert primera["notes"] == f"Confirmed reservation {reserva} | night shift"
    with en_empresa(granja.empresa):
        assert Asiento.objects.get(tipo="salida").motivo == Motivo.CONSUMO
    ficha = granja.ficha("CR-12")
    assert (ficha["current_qty"], ficha["reserved_qty"]) == (19.5, 0)
    otra_vez = granja.post(f"stock/confirm-reservation/{reserva}")
    assert detalle(otra_vez, 404) == "Reservation not found or no longer pending: it is confirmed"
    assert granja.hay("CR-12") == 19.5
    granja.comprobar()


def test_confirmar_otra_vez_con_la_misma_clave_es_la_misma_respuesta(granja: Granja) -> None:
    reserva = granja.reservada("CR-12", 10)
    ruta = f"stock/confirm-reservation/{reserva}"
    primera, otra = granja.post(ruta, clave="c-1"), granja.post(ruta, clave="c-1")
    assert (primera.status_code, otra.status_code) == (200, 200)
    assert primera.content == otra.content
    assert granja.hay("CR-12") == 19.5


def test_cada_post_con_clave_se_hace_una_vez(granja: Granja) -> None:
    item = granja.ids["CR-12"]
    llamadas: dict[str, dict[str, Any]] = {
        "stock/add": {"item_master_id": item, "quantity": 1, "unit_cost": 1, "purchase_date": "2024-05-01"},
        "stock/use": {"item_master_id": item, "quantity": 2, "purpose": "Feed"},
        "stock/adjust": {
            "item_master_id": item,
            "adjustment_type": "decrease",
            "quantity_change": 4,
            "reason": "Spilled",
        },
        "stock/reserve": {"item_id": item, "quantity": 8, "module_reference": "growout"},
        "items/bulk-fetch": {"skus": ["CR-12"]},
    }
    for ruta, cuerpo in llamadas.items():
        primera, otra = granja.post(ruta, cuerpo, clave=ruta), granja.post(ruta, cuerpo, clave=ruta)
        assert primera.status_code == otra.status_code < 300
        assert primera.content == otra.content
        assert otra["Idempotency-Replayed"] == "true"
    ficha = granja.ficha("CR-12")
    assert (ficha["current_qty"], ficha["reserved_qty"]) == (24.5, 8)
    granja.comprobar()


def test_confirmar_sin_con_que_cumplir_falla_y_sigue_pendiente(granja: Granja) -> None:
    reserva = granja.reservada("CR-12", 20)
    granja.ajustar("CR-12", "recount", 5)
    corta = granja.post(f"stock/confirm-reservation/{reserva}")
    assert detalle(corta, 400) == (
        "Failed to confirm reservation: Insufficient stock. Available: 5.00, Requested: 20.00 "
        "(Starter crumble 1.2 [CR-12], Kilogram)"
    )
    granja.ajustar("CR-12", "recount", 0)
    nada = granja.post(f"stock/confirm-reservation/{reserva}")
    assert detalle(nada, 400) == "Failed to confirm reservation: No stock available for this item"
    assert _lista(granja) == [reserva]
    granja.agregar("CR-12", 20)
    assert granja.post(f"stock/confirm-reservation/{reserva}").status_code == 200
    granja.comprobar()


def test_cancelar_suelta_lo_apartado_y_dice_lo_usado(granja: Granja) -> None:
    reserva = granja.reservada("CR-12", 10)
    respuesta = granja.delete(f"stock/reserve/{reserva}")
    assert (respuesta.status_code, respuesta.json()) == (
        200,
        {"success": True, "message": "Reservation cancelled"},
    )
    assert detalle(granja.delete(f"stock/reserve/{reserva}"), 404) == (
        "Reservation not found or no longer pending: it is cancelled"
    )
    otra = granja.reservada("CR-12", 10)
    granja.usar_varias(("CR-12", 4))
    assert granja.delete(f"stock/reserve/{otra}").json()["message"] == (
        "Reservation cancelled: 4.00 of 10.00 had already been used"
    )
    assert granja.ficha("CR-12")["available_qty"] == 25.5


@pytest.mark.parametrize("pk", ["nope", "123", TANQUE, "%00", "a" * 500])
def test_una_reserva_que_no_existe_es_404(granja: Granja, pk: str) -> None:
    borrada = granja.cliente.delete(f"{RAIZ}/stock/reserve/{pk}")
    confirmada = granja.cliente.post(f"{RAIZ}/stock/confirm-reservation/{pk}")
    assert (detalle(borrada, 404), detalle(confirmada, 404)) == ("Reservation not found",) * 2


def test_una_clave_de_un_modulo_solo_resuelve_las_suyas(granja: Granja) -> None:
    ajena, suya = granja.reservada("CR-12", 1, "growout"), granja.reservada("CR-12", 2, "biofloc")
    _, clave = crear_clave_api(
        empresa=granja.empresa,
        nombre="Biofloc",
        alcances=["inventory:read", "inventory:write"],
        modulos=["biofloc"],
    )
    biofloc = Granja(granja.empresa, ClienteApi(), granja.ids)
    biofloc.cliente.credentials(HTTP_X_API_KEY=clave)
    assert _lista(biofloc) == [suya]
    assert detalle(biofloc.post(f"stock/confirm-reservation/{ajena}"), 403)
    assert detalle(biofloc.delete(f"stock/reserve/{ajena}"), 403)
    assert detalle(biofloc.reservar("CR-12", 1, "growout"), 403)
    assert detalle(biofloc.usar_varias(("CR-12", 1), modulo="growout"), 403)
    assert biofloc.post(f"stock/confirm-reservation/{suya}").status_code == 200
    assert biofloc.hay("CR-12") == 27.5
