"""Las llamadas de la guía de despliegue que tienen los usuarios del módulo, como están impresas.

Los cuerpos son los de la guía; solo cambian los id, que aquí son otros. `tank_id`, `batch_id` y las fechas
son suyos.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventario.biofloc.tests.mundo_de_ejemplo import RAIZ, Granja
from inventario.cuentas.models import Empresa
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db

SESION = """{
  "deductions": [
    {
      "sku": "FEED-3MM",
      "quantity": 10.5,
      "notes": "Morning feed"
    },
    {
      "item_id": 123,
      "quantity": 0.5,
      "notes": "Vitamins"
    }
  ],
  "module_reference": "biofloc",
  "tank_id": "550e8400-e29b-41d4-a716-446655440000",
  "batch_id": "660e8400-e29b-41d4-a716-446655440001",
  "session_number": 1,
  "global_notes": "Daily feeding session 1"
}"""
PRUEBA_DE_SESION = """{
    "deductions": [
      {"sku": "FEED-3MM", "quantity": 10.5},
      {"sku": "VIT-MIX", "quantity": 0.5}
    ],
    "module_reference": "biofloc",
    "session_number": 1,
    "global_notes": "Test batch deduction"
  }"""
EN_BLOQUE = """{
  "skus": ["FEED-3MM", "FEED-2MM", "VIT-MIX", "PROBIOTIC"],
  "include_stock": true,
  "include_reserved": true,
  "include_batches": false
}"""
RESERVA = """{
  "item_id": 123,
  "quantity": 50,
  "module_reference": "biofloc",
  "reference_id": "550e8400-e29b-41d4-a716-446655440000",
  "duration_hours": 24,
  "notes": "Tomorrow's feeding session"
}"""


@pytest.fixture
def almacen(empresa: Empresa, cliente_api: ClienteApi) -> Granja:
    """Lo que la guía supone que hay: 511 kg de alimento a 5,00 y vitaminas a 5,50."""
    granja = Granja(empresa, cliente_api)
    granja.item("FEED-3MM", "Feed 3mm 32% Protein", punto_reorden=100)
    granja.item("FEED-2MM", "Feed 2mm 35% Protein")
    granja.item("VIT-MIX", "Vitamin Mix")
    granja.item("PROBIOTIC", "Probiotic")
    granja.agregar("FEED-3MM", 511, 5, "2025-10-01")
    granja.agregar("VIT-MIX", 20, "5.5", "2025-10-01")
    return granja


def mandar(granja: Granja, ruta: str, texto: str, *, item: str = "FEED-3MM") -> Any:
    """Manda el cuerpo tal como está impreso, con el id que le toca aquí."""
    cuerpo = texto.replace('"item_id": 123', f'"item_id": {granja.ids[item]}')
    return granja.cliente.crudo(f"{RAIZ}/{ruta}", cuerpo.encode())


def test_la_sesion_de_alimentacion(almacen: Granja) -> None:
    respuesta = mandar(almacen, "stock/use-batch", SESION, item="VIT-MIX")
    assert respuesta.status_code == 200
    cuerpo = respuesta.json()
    lineas = cuerpo.pop("transaction_ids")
    assert [una.pop("transaction_ids") for una in cuerpo["results"]] == [[lineas[0]], [lineas[1]]]
    assert cuerpo == {
        "success": True,
        "total": 2,
        "successful": 2,
        "failed": 0,
        "total_cost": 55.25,
        "results": [
            {
                "item_name": "Feed 3mm 32% Protein",
                "sku": "FEED-3MM",
                "quantity": 10.5,
                "cost": 52.50,
                "success": True,
            },
            {
                "item_name": "Vitamin Mix",
                "sku": "VIT-MIX",
                "quantity": 0.5,
                "cost": 2.75,
                "success": True,
            },
        ],
    }
    assert mandar(almacen, "stock/use-batch", PRUEBA_DE_SESION).json()["total_cost"] == 55.25


def test_la_revision_de_la_manana(almacen: Granja) -> None:
    almacen.usar("FEED-3MM", "10.5")
    almacen.reservada("FEED-3MM", 50)
    respuesta = mandar(almacen, "items/bulk-fetch", EN_BLOQUE)
    assert respuesta.status_code == 200
    cuerpo = respuesta.json()
    assert {nombre: cuerpo[nombre] for nombre in ("total", "requested", "found", "not_found")} == {
        "total": 4,
        "requested": 4,
        "found": 4,
        "not_found": [],
    }
    assert cuerpo["items"][0] == {
        "id": almacen.ids["FEED-3MM"],
        "sku": "FEED-3MM",
        "name": "Feed 3mm 32% Protein",
        "current_qty": 500.5,
        "unit": "Kilogram",
        "category": None,
        "reorder_threshold": 100,
        "last_purchase_price": 5,
        "reserved_qty": 50.0,
        "available_qty": 450.5,
        "batches": None,
    }


def test_reservar_listar_cancelar_y_confirmar(almacen: Granja) -> None:
    respuesta = mandar(almacen, "stock/reserve", RESERVA)
    assert respuesta.status_code == 201
    reserva = respuesta.json()
    assert {
        nombre: reserva[nombre]
        for nombre in reserva
        if nombre not in ("id", "created_by", "created_by_name", "created_at", "reserved_until")
    } == {
        "item_id": almacen.ids["FEED-3MM"],
        "item_name": "Feed 3mm 32% Protein",
        "sku": "FEED-3MM",
        "quantity": 50,
        "remaining_quantity": 50,
        "module_reference": "biofloc",
        "reference_id": "550e8400-e29b-41d4-a716-446655440000",
        "status": "pending",
        "notes": "Tomorrow's feeding session",
    }
    hasta, desde = (datetime.fromisoformat(reserva[campo]) for campo in ("reserved_until", "created_at"))
    assert hasta - desde == timedelta(hours=24)
    lista = almacen.cliente.get(f"{RAIZ}/stock/reservations?module_reference=biofloc&status=pending")
    assert [una["id"] for una in lista.json()["reservations"]] == [reserva["id"]]
    # La guía confirma sin cuerpo y sin decir su tipo.
    confirmada = almacen.cliente.post(f"{RAIZ}/stock/confirm-reservation/{reserva['id']}")
    assert (confirmada.status_code, confirmada.json()["cost"]) == (200, 250)
    assert almacen.hay("FEED-3MM") == 461
    otra = mandar(almacen, "stock/reserve", RESERVA).json()["id"]
    cancelada = almacen.cliente.delete(f"{RAIZ}/stock/reserve/{otra}")
    assert (cancelada.status_code, cancelada.json()["success"]) == (200, True)
    almacen.comprobar()


def test_el_rechazo_empieza_con_la_frase_de_la_guia(almacen: Granja) -> None:
    lineas = [
        {"sku": "FEED-3MM", "quantity": 10.5},
        {"sku": "VIT-MIX", "quantity": 0.5},
        {"sku": "PROBIOTIC", "quantity": 1},
    ]
    respuesta = almacen.post("stock/use-batch", {"deductions": lineas, "module_reference": "biofloc"})
    assert respuesta.status_code == 400
    assert respuesta.json()["detail"].startswith(
        "Batch deduction failed. 1 items failed, 2 would have succeeded. All rolled back."
    )
    assert almacen.hay("FEED-3MM") == 511


def test_la_clave_sirve_en_las_dos_cabeceras(almacen: Granja) -> None:
    clave = str(vars(almacen.cliente)["_credentials"]["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")
    for cabeceras in ({"HTTP_AUTHORIZATION": f"bearer {clave}"}, {"HTTP_X_API_KEY": clave}):
        otro = Granja(almacen.empresa, almacen.cliente.con(**cabeceras), almacen.ids)
        assert mandar(otro, "items/bulk-fetch", EN_BLOQUE).status_code == 200
