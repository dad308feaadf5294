"""La lista de movimientos: filtros, orden y páginas."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/movimientos"


@pytest.fixture
def ajetreo(granja: Mundo) -> dict[str, Any]:
    """Tres días de movimientos: el 8 (ingreso con fecha atrasada), el 10 y el 11."""
    a, b = granja.producto("A-1"), granja.producto("Ñ-2")
    lote_a = granja.entrada(a, 10, costo=2)
    lote_b = granja.entrada(b, 20, bodega=granja.otra, fecha_ingreso=dia(-2))
    granja.fefo(
        a, 3, glosa=Glosa(motivo=Motivo.CONSUMO, modulo="alimentacion", tanque="P-1", referencia="R-1")
    )
    granja.reloj.avanzar(days=1)
    granja.merma(lote_a, 2)
    return {"a": a, "b": b, "lote_a": lote_a, "lote_b": lote_b}


def vistos(cliente: ClienteApi, **consulta: Any) -> list[tuple[str, str, float]]:
    respuesta = cliente.get(RUTA, consulta)
    assert respuesta.status_code == 200, respuesta.json()
    return [(m["producto_sku"], m["tipo"], m["cantidad"]) for m in respuesta.json()]


ENTRA_A = ("A-1", "entrada", 10)
ENTRA_B = ("Ñ-2", "entrada", 20)
SALE_A = ("A-1", "salida", 3)
MERMA_A = ("A-1", "ajuste_negativo", 2)


def test_listar_va_por_fecha_efectiva_en_los_dos_sentidos(
    cliente: ClienteApi, ajetreo: dict[str, Any]
) -> None:
    assert vistos(cliente) == [ENTRA_B, ENTRA_A, SALE_A, MERMA_A]
    assert vistos(cliente, orden="-fecha_movimiento") == [MERMA_A, SALE_A, ENTRA_A, ENTRA_B]


@pytest.mark.parametrize(
    ("consulta", "esperados"),
    [
        ({"desde": "2026-03-10"}, [ENTRA_A, SALE_A, MERMA_A]),
        ({"hasta": "2026-03-10"}, [ENTRA_B, ENTRA_A, SALE_A]),
        ({"desde": "2026-03-08", "hasta": "2026-03-08"}, [ENTRA_B]),
        ({"desde": "2026-03-09", "hasta": "2026-03-09"}, []),
        ({"tipo": "salida"}, [SALE_A]),
        ({"sku": "ñ-2"}, [ENTRA_B]),
        ({"sku": "no hay"}, []),
        ({"bodega": "Estanques"}, [ENTRA_B]),
        ({"modulo": "alimentacion"}, [SALE_A]),
        ({"tanque": "P-1"}, [SALE_A]),
        ({"tanque": "p-1"}, []),
        ({"motivo": "merma"}, [MERMA_A]),
        ({"referencia": "R-1"}, [SALE_A]),
        ({"tipo": "salida", "motivo": "merma"}, []),
        ({"desde": "", "tipo": ""}, [ENTRA_B, ENTRA_A, SALE_A, MERMA_A]),
    ],
)
def test_listar_filtra(
    cliente: ClienteApi, ajetreo: dict[str, Any], consulta: dict[str, str], esperados: list[Any]
) -> None:
    assert vistos(cliente, **consulta) == esperados


def test_listar_filtra_por_id(cliente: ClienteApi, ajetreo: dict[str, Any]) -> None:
    assert vistos(cliente, producto_id=ajetreo["b"].pk) == [ENTRA_B]
    assert vistos(cliente, lote_id=ajetreo["lote_a"].pk) == [ENTRA_A, SALE_A, MERMA_A]
    asiento = cliente.get(RUTA).json()[2]["asiento_id"]
    assert vistos(cliente, asiento_id=asiento) == [SALE_A]
    assert vistos(cliente, producto_id=2**62) == []


@pytest.mark.parametrize(
    "consulta",
    [
        {"desde": "2026-03-11", "hasta": "2026-03-10"},
        {"desde": "10/03/2026"},
        {"desde": "0001-01-01"},
        {"hasta": "9999-12-31"},
        {"tipo": "transferencia"},
        {"motivo": "nada"},
        {"producto_id": "abc"},
        {"producto_id": "0"},
        {"lote_id": "9" * 30},
        {"orden": "cantidad"},
        {"skip": "-1"},
        {"limit": "0"},
        {"limit": "501"},
        {"cursor": "x"},
        {"cursor": "", "limit": "201"},
        {"referencia": "a" * 201},
    ],
)
def test_listar_con_una_consulta_imposible_es_422(
    cliente: ClienteApi, ajetreo: dict[str, Any], consulta: dict[str, str]
) -> None:
    cuerpo = exigir_sobre(cliente.get(RUTA, consulta), 422, "validacion")
    assert {error["ubicacion"] for error in cuerpo["errores"]} == {"query"}


def test_listar_por_salto_dice_cuantos_hay_y_donde_sigue(
    cliente: ClienteApi, ajetreo: dict[str, Any]
) -> None:
    primera = cliente.get(RUTA, {"skip": 0, "limit": 3, "producto_id": ajetreo["a"].pk})
    assert (primera["X-Total-Count"], len(primera.json())) == ("3", 3)
    assert "Link" not in primera
    pagina = cliente.get(RUTA, {"skip": 1, "limit": 2})
    assert [(m["producto_sku"], m["tipo"]) for m in pagina.json()] == [ENTRA_A[:2], SALE_A[:2]]
    assert 'rel="next"' in pagina["Link"]
    assert 'rel="prev"' in pagina["Link"]


@pytest.mark.parametrize("orden", ["fecha_movimiento", "-fecha_movimiento"])
def test_recorrer_por_cursor_no_repite_ni_esconde_aunque_entren_otros(
    granja: Mundo, cliente: ClienteApi, orden: str
) -> None:
    producto = granja.producto()
    for n in range(7):
        granja.entrada(producto, n + 1, fecha_ingreso=dia(-(n // 2)))
    esperados = [m["id"] for m in cliente.get(RUTA, {"orden": orden}).json()]
    ruta, hallados = f"{RUTA}?cursor=&limit=2&orden={orden}", []
    while ruta:
        respuesta = cliente.get(ruta)
        hallados += [m["id"] for m in respuesta.json()]
        # Otro registra mientras tanto, con la fecha más vieja y con la más nueva.
        granja.entrada(producto, 1, fecha_ingreso=dia(-30))
        siguiente = re.search(r'<([^>]+)>; rel="next"', respuesta.get("Link", ""))
        ruta = siguiente[1] if siguiente and len(hallados) < len(esperados) else ""
    # Lo nuevo puede aparecer si cae más adelante; lo que ya estaba, exactamente una vez y en su orden.
    assert [pk for pk in hallados if pk in esperados] == esperados
    assert len(set(hallados)) == len(hallados)


def test_el_cursor_de_un_sentido_no_sirve_en_el_otro(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    for _ in range(3):
        granja.entrada(producto, 1)
    enlace = cliente.get(f"{RUTA}?cursor=&limit=1")["Link"]
    hallado = re.search(r"<([^>]+)>", enlace)
    assert hallado
    assert cliente.get(hallado[1]).status_code == 200
    exigir_sobre(cliente.get(hallado[1] + "&orden=-fecha_movimiento"), 422, "validacion")


def test_el_dia_es_el_de_la_empresa(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    # Las 23:30 del 10 en Guayaquil ya son el 11 en UTC.
    granja.reloj.ahora = granja.reloj.ahora.replace(hour=4, minute=30) + timedelta(days=1)
    granja.entrada(producto, 1)
    assert vistos(cliente, desde="2026-03-10", hasta="2026-03-10") == [("ALIM-01", "entrada", 1)]
    assert vistos(cliente, desde="2026-03-11") == []


def test_listar_lo_de_otra_empresa_no_se_ve(ajeno: ClienteApi, ajetreo: dict[str, Any]) -> None:
    assert vistos(ajeno) == []
    assert vistos(ajeno, producto_id=ajetreo["a"].pk) == []
