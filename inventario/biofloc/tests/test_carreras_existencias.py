"""Hilos de verdad, cada uno con su conexión, por las vistas del contrato (apéndice B, 6 a 9 y 18)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from inventario.biofloc.tests.mundo_de_ejemplo import RAIZ, Granja
from inventario.nucleo.tests.mundo import cliente_con
from inventario.productos.tests.test_carreras import a_la_vez

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pedir(clave_de: Callable[..., str]) -> Callable[..., Callable[[], Any]]:
    """Da una llamada por hacer: cada hilo arma su cliente, con la misma clave."""
    clave = clave_de()

    def llamada(
        ruta: str, cuerpo: Any = None, *, metodo: str = "post", **cabeceras: Any
    ) -> Callable[[], Any]:
        def hacer() -> Any:
            cliente = cliente_con(clave)
            return getattr(cliente, metodo)(f"{RAIZ}/{ruta}", cuerpo or {}, **cabeceras)

        return hacer

    return llamada


def estados(respuestas: list[Any]) -> Counter[int]:
    return Counter(respuesta.status_code for respuesta in respuestas)


def test_ocho_hilos_con_use_batch_en_orden_opuesto_no_se_traban(
    granja: Granja, pedir: Callable[..., Callable[[], Any]]
) -> None:
    skus = [f"M-{numero}" for numero in range(6)]
    for sku in skus:
        granja.item(sku, f"Meal {sku}")
        granja.agregar(sku, 40, 1)
        granja.agregar(sku, 60, 2, "2024-01-11")
    azar = random.Random(7)

    def tanda(al_reves: bool) -> Callable[[], list[int]]:
        # Los pares van justo al revés de los impares, y los demás barajados; cada SKU va dos veces.
        orden = skus[::-1] if al_reves else list(skus)
        vueltas = [orden, azar.sample(skus, 6), orden, azar.sample(skus, 6), orden]
        llamadas = [
            pedir(
                "stock/use-batch",
                {
                    "deductions": [{"sku": sku, "quantity": "1"} for sku in [*vuelta, *vuelta]],
                    "module_reference": "biofloc",
                },
            )
            for vuelta in vueltas
        ]
        return lambda: [llamada().status_code for llamada in llamadas]

    resultados = a_la_vez(*[tanda(bool(numero % 2)) for numero in range(8)])
    assert Counter(estado for tanda in resultados for estado in tanda) == {200: 40}
    for sku in skus:
        assert granja.hay(sku) == 20
    granja.comprobar()


def test_use_batch_a_la_vez_acepta_hasta_que_se_acaba(
    granja: Granja, pedir: Callable[..., Callable[[], Any]]
) -> None:
    granja.item("A", "Meal A")
    granja.item("B", "Meal B")
    granja.agregar("A", 25)
    granja.agregar("B", 100)

    def cuerpo(numero: int) -> dict[str, Any]:
        pares = [("A", 4), ("B", 4)] if numero % 2 else [("B", 4), ("A", 4)]
        lineas = [{"sku": sku, "quantity": cantidad} for sku, cantidad in pares]
        return {"deductions": lineas, "module_reference": "biofloc"}

    respuestas = a_la_vez(*[pedir("stock/use-batch", cuerpo(numero)) for numero in range(10)])
    assert estados(respuestas) == {200: 6, 400: 4}
    assert (granja.hay("A"), granja.hay("B")) == (1, 76)
    granja.comprobar()


def test_cuatro_usos_de_nueve_sobre_diez_dejan_pasar_uno(
    granja: Granja, pedir: Callable[..., Callable[[], Any]]
) -> None:
    granja.item("A", "Meal A")
    granja.agregar("A", 4)
    granja.agregar("A", 6, dia="2024-01-11")
    cuerpo = {"item_master_id": granja.ids["A"], "quantity": 9, "purpose": "Feed"}
    respuestas = a_la_vez(*[pedir("stock/use", cuerpo) for _ in range(4)])
    assert estados(respuestas) == {200: 1, 400: 3}
    assert {respuesta.json()["available"] for respuesta in respuestas if respuesta.status_code == 400} == {1}
    assert granja.hay("A") == 1
    granja.comprobar()


def test_nueve_usos_de_cuatro_sobre_diez_dejan_pasar_dos(
    granja: Granja, pedir: Callable[..., Callable[[], Any]]
) -> None:
    granja.item("A", "Meal A")
    granja.agregar("A", 10)
    cuerpo = {"item_master_id": granja.ids["A"], "quantity": 4, "purpose": "Feed"}
    assert estados(a_la_vez(*[pedir("stock/use", cuerpo) for _ in range(9)])) == {200: 2, 400: 7}
    assert granja.hay("A") == 2
    granja.comprobar()


def test_treinta_y_dos_reservas_de_uno_sobre_diez_dejan_diez(
    granja: Granja, pedir: Callable[..., Callable[[], Any]]
) -> None:
    granja.item("A", "Meal A")
    granja.agregar("A", 10)
    cuerpo = {"item_id": granja.ids["A"], "quantity": 1, "module_reference": "biofloc"}
    respuestas = a_la_vez(*[pedir("stock/reserve", cuerpo) for _ in range(32)])
    assert estados(respuestas) == {201: 10, 400: 22}
    ficha = granja.ficha("A")
    assert (ficha["current_qty"], ficha["reserved_qty"], ficha["available_qty"]) == (10, 10, 0)
    assert granja.get("stock/reservations").json()["total"] == 10
    granja.comprobar()


def test_quince_reservas_de_ocho_sobre_diez_dejan_una(
    granja: Granja, pedir: Callable[..., Callable[[], Any]]
) -> None:
    granja.item("A", "Meal A")
    granja.agregar("A", 10)
    cuerpo = {"item_id": granja.ids["A"], "quantity": 8, "module_reference": "biofloc"}
    respuestas = a_la_vez(*[pedir("stock/reserve", cuerpo) for _ in range(15)])
    assert estados(respuestas) == {201: 1, 400: 14}
    assert granja.ficha("A")["available_qty"] == 2
    granja.comprobar()


def test_dieciseis_confirmaciones_de_una_reserva_sacan_una_vez(
    granja: Granja, pedir: Callable[..., Callable[[], Any]]
) -> None:
    granja.item("A", "Meal A")
    granja.agregar("A", 50, 2)
    reserva = granja.reservada("A", 3)
    respuestas = a_la_vez(*[pedir(f"stock/confirm-reservation/{reserva}") for _ in range(16)])
    assert estados(respuestas) == {200: 1, 404: 15}
    assert {r.json()["detail"] for r in respuestas if r.status_code == 404} == {
        "Reservation not found or no longer pending: it is confirmed"
    }
    assert granja.hay("A") == 47
    assert [fila["quantity_change"] for fila in granja.libro(transaction_type="use")] == ["-3.00"]
    granja.comprobar()


@pytest.mark.parametrize("vuelta", range(6))
def test_confirmar_contra_cancelar_gana_uno(
    granja: Granja, pedir: Callable[..., Callable[[], Any]], vuelta: int
) -> None:
    granja.item("A", "Meal A")
    granja.agregar("A", 50, 2)
    reserva = granja.reservada("A", 3)
    confirmar = pedir(f"stock/confirm-reservation/{reserva}")
    cancelar = pedir(f"stock/reserve/{reserva}", metodo="delete")
    tareas = [confirmar, cancelar] if vuelta % 2 else [cancelar, confirmar]
    respuestas = a_la_vez(*tareas)
    assert estados(respuestas) == {200: 1, 404: 1}
    gano_confirmar = respuestas[tareas.index(confirmar)].status_code == 200
    assert granja.hay("A") == (47 if gano_confirmar else 50)
    assert granja.ficha("A")["reserved_qty"] == 0
    estado = "confirmed" if gano_confirmar else "cancelled"
    assert granja.get("stock/reservations", status=estado).json()["total"] == 1
    granja.comprobar()


def test_ocho_repeticiones_a_la_vez_con_la_misma_clave_tienen_un_efecto(
    granja: Granja, pedir: Callable[..., Callable[[], Any]]
) -> None:
    granja.item("A", "Meal A")
    granja.agregar("A", 50, 2)
    reserva = granja.reservada("A", 3)
    llamadas = {
        f"stock/confirm-reservation/{reserva}": None,
        "stock/use-batch": {"deductions": [{"sku": "A", "quantity": 5}], "module_reference": "biofloc"},
        "stock/reserve": {"item_id": granja.ids["A"], "quantity": 1, "module_reference": "growout"},
    }
    for numero, (ruta, cuerpo) in enumerate(llamadas.items()):
        llamada = pedir(ruta, cuerpo, HTTP_IDEMPOTENCY_KEY=f"clave-{numero}")
        respuestas = a_la_vez(*[llamada] * 8)
        assert len(estados(respuestas)) == 1
        assert respuestas[0].status_code in (200, 201)
        assert len({respuesta.content for respuesta in respuestas}) == 1
    ficha = granja.ficha("A")
    assert (ficha["current_qty"], ficha["reserved_qty"]) == (42, 1)
    granja.comprobar()
