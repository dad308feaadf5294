"""Cuántas sentencias cuesta cada llamada, identificarse incluido: no depende de cuántas filas haya.

La clave ya se usó en este minuto, como la de quien llama seguido: anotar su uso cuesta una más, una vez por
minuto. La página de transacciones cabe en su presupuesto también en esa primera llamada.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from inventario.biofloc.tests.mundo_de_ejemplo import RAIZ, Granja
from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.movimientos.services import LineaEntrada, registrar_entradas
from inventario.movimientos.tests.test_sentencias import sentencias
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con
from inventario.productos.models import Producto
from inventario.reservas.services import reservar

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def granja(granja: Granja) -> Granja:
    """Con su clave ya usada."""
    assert granja.get("transactions").status_code == 200
    return granja


def _con_items(granja: Granja, cuantos: int) -> list[str]:
    """Cada uno con dos lotes y una reserva, por los servicios: por HTTP serían cuatro llamadas por ítem."""
    skus = [f"M-{numero:03d}" for numero in range(cuantos)]
    for numero, sku in enumerate(skus):
        granja.item(sku, f"Meal {numero}")
    with en_empresa(granja.empresa):
        actor = granja.actor()
        bodega = bodega_principal(granja.empresa)
        productos = list(Producto.objects.filter(sku__in=skus).select_related("unidad").order_by("sku"))
        for dia in (date(2024, 1, 1), date(2024, 1, 2)):
            lineas = [LineaEntrada(producto, bodega, Decimal(5), Decimal("1.5")) for producto in productos]
            registrar_entradas(actor=actor, lineas=lineas, fecha_ingreso=dia)
        for numero, producto in enumerate(productos):
            modulo = "growout" if numero % 2 else "biofloc"
            reservar(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(1), modulo=modulo)
    return skus


@pytest.mark.parametrize("con_apartados", [False, True])
def test_use_batch_de_cincuenta_lineas_cuesta_a_lo_sumo_quince(granja: Granja, con_apartados: bool) -> None:
    skus = _con_items(granja, 50)
    lineas = [{"sku": sku, "quantity": 6, "notes": "Feed"} for sku in skus]
    modulo = "biofloc" if con_apartados else "hatchery"
    cuerpo = {"deductions": lineas, "module_reference": modulo}
    una = {**cuerpo, "deductions": [{"sku": "CR-12", "quantity": 1}]}
    granja.post("stock/use-batch", una)
    assert sentencias(lambda: granja.post("stock/use-batch", una)) <= 15
    gasto = sentencias(lambda: granja.post("stock/use-batch", cuerpo))
    assert gasto <= 15
    assert len(granja.libro(transaction_type="use")) == 102


def test_use_batch_rechazado_no_pregunta_por_cada_linea(granja: Granja) -> None:
    skus = _con_items(granja, 49)
    lineas = [{"sku": sku, "quantity": 600} for sku in skus]
    gasto = sentencias(
        lambda: granja.post(
            "stock/use-batch",
            {"deductions": [*lineas, {"sku": "?", "quantity": 1}], "module_reference": "biofloc"},
        )
    )
    assert gasto <= 15


def test_bulk_fetch_de_cien_cuesta_a_lo_sumo_seis(granja: Granja) -> None:
    skus = _con_items(granja, 100)
    cuerpo = {"skus": skus, "include_reserved": True, "include_batches": True}
    respuestas = []
    assert sentencias(lambda: respuestas.append(granja.post("items/bulk-fetch", cuerpo))) <= 6
    items = respuestas[0].json()["items"]
    assert len(items) == 100
    assert {(item["current_qty"], item["available_qty"], len(item["batches"])) for item in items} == {
        (10, 9, 2)
    }


def test_una_pagina_de_cien_transacciones_cuesta_a_lo_sumo_cuatro(granja: Granja) -> None:
    pocas = sentencias(lambda: granja.get("transactions", limit=100))
    _con_items(granja, 60)
    respuestas = []
    muchas = sentencias(lambda: respuestas.append(granja.get("transactions", limit=100)))
    assert len(respuestas[0].json()["transactions"]) == 100
    assert pocas == muchas <= 3
    assert sentencias(lambda: granja.get("transactions", item_id=granja.ids["CR-12"])) <= 3


def test_quien_entro_con_su_correo_cabe_en_los_mismos_presupuestos(granja: Granja) -> None:
    """Su token cuesta una consulta: la sesión, la persona y su empresa se leen de una vez."""
    skus = _con_items(granja, 100)
    persona = Usuario.objects.create_user("ana@granja.test", "una-clave-larga-1")
    Membresia.objects.create(empresa=granja.empresa, usuario=persona, rol=Rol.SUPERVISOR)
    datos = {"email": persona.email, "password": "una-clave-larga-1"}
    token = ClienteApi().post("/api/v1/auth/login", datos).json()["access_token"]
    ella = replace(granja, cliente=cliente_con(token))
    assert sentencias(lambda: ella.get("transactions", limit=100)) <= 4
    pedido = {"skus": skus, "include_reserved": True, "include_batches": True}
    assert sentencias(lambda: ella.post("items/bulk-fetch", pedido)) <= 6
    lineas = [{"sku": sku, "quantity": 6} for sku in skus[:50]]
    lote = {"deductions": lineas, "module_reference": "hatchery"}
    assert sentencias(lambda: ella.post("stock/use-batch", lote, clave="una")) <= 15


def test_las_demas_listas_no_crecen_con_las_filas(granja: Granja) -> None:
    rutas = ["stock/adjustments", "stock/reservations", "module/biofloc/consumption"]
    granja.ajustar("CR-12", "decrease", 1)
    granja.reservada("CR-12", 1)
    granja.usar_varias(("CR-12", 1))
    pocas = [sentencias(lambda ruta=ruta: granja.get(ruta)) for ruta in rutas]  # type: ignore[misc]  # lambda con valor fijo
    for sku in _con_items(granja, 20):
        granja.ajustar(sku, "decrease", 1)
        granja.usar_varias((sku, 1))
    assert [sentencias(lambda ruta=ruta: granja.get(ruta)) for ruta in rutas] == pocas  # type: ignore[misc]  # ídem
    assert max(pocas) <= 5


def test_usar_reservar_y_confirmar_no_crecen_con_los_lotes(granja: Granja) -> None:
    granja.item("ONE", "One batch")
    granja.item("MANY", "Many batches")
    for sku, lotes in (("ONE", 1), ("MANY", 40)):
        for numero in range(lotes):
            granja.comprar(sku, str(40 // lotes), "1", date(2024, 1, numero % 28 + 1))
    medidas = []
    for sku, cuanto in (("ONE", 30), ("MANY", 30)):
        reserva = granja.reservada(sku, 5)
        confirmar = f"{RAIZ}/stock/confirm-reservation/{reserva}"
        medidas.append(
            [
                sentencias(lambda sku=sku, cuanto=cuanto: granja.usar(sku, cuanto)),  # type: ignore[misc]  # lambda con valor fijo
                sentencias(lambda sku=sku: granja.reservar(sku, 1)),  # type: ignore[misc]  # ídem
                sentencias(lambda confirmar=confirmar: granja.cliente.post(confirmar)),  # type: ignore[misc]  # ídem
            ]
        )
    assert medidas[0] == medidas[1]
    assert max(medidas[0]) <= 16
