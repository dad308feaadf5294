"""E6, E7 y el bloqueo de lotes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from inventario.lotes.models import CambioDeBloqueo, EstadoLote, Lote
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import HOY, Mundo, dia
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/lotes"


def ids(cliente: ClienteApi, **consulta: Any) -> list[int]:
    respuesta = cliente.get(RUTA, consulta)
    assert respuesta.status_code == 200, respuesta.json()
    return [lote["id"] for lote in respuesta.json()]


@pytest.fixture
def surtido(granja: Mundo) -> dict[str, Lote]:
    """Un lote de cada estado, en las dos bodegas."""
    a, b = granja.producto("A-1"), granja.producto("Ñ-2")
    lotes = {
        "vigente": granja.entrada(a, 5, vence=dia(31), codigo="L-1"),
        "por_vencer": granja.entrada(a, 5, vence=dia(30), codigo="L-1"),
        "hoy": granja.entrada(b, 5, vence=dia(0)),
        "vencido": granja.entrada(b, 5, vence=dia(-1), codigo="l-1"),
        "sin_fecha": granja.entrada(b, 5, bodega=granja.otra),
        "agotado": granja.entrada(a, 5, vence=dia(-9)),
    }
    granja.merma(lotes["agotado"], 5)
    granja.bloquear(lotes["sin_fecha"])
    return lotes


@pytest.mark.parametrize("barra", ["", "/"])
def test_listar_sin_lotes_es_una_lista_vacia(granja: Mundo, cliente: ClienteApi, barra: str) -> None:
    respuesta = cliente.get(RUTA + barra)
    assert (respuesta.status_code, respuesta.json(), respuesta["X-Total-Count"]) == (200, [], "0")
    mas_alla = cliente.get(RUTA, {"skip": 50})
    assert (mas_alla.status_code, mas_alla.json()) == (200, [])


@pytest.mark.parametrize(
    ("consulta", "esperados"),
    [
        ({}, ["vigente", "por_vencer", "hoy", "vencido", "sin_fecha", "agotado"]),
        ({"estado": "vigente"}, ["vigente"]),
        ({"estado": "por_vencer"}, ["por_vencer", "hoy"]),
        ({"estado": "vencido"}, ["vencido"]),
        ({"estado": "agotado"}, ["agotado"]),
        ({"estado": "sin_fecha"}, ["sin_fecha"]),
        ({"con_stock": "true"}, ["vigente", "por_vencer", "hoy", "vencido", "sin_fecha"]),
        ({"con_stock": "false"}, ["agotado"]),
        ({"bloqueado": "true"}, ["sin_fecha"]),
        ({"sku": "ñ-2"}, ["hoy", "vencido", "sin_fecha"]),
        ({"sku": " A-1 ", "con_stock": "1"}, ["vigente", "por_vencer"]),
        ({"codigo": "L-1"}, ["vigente", "por_vencer"]),
        ({"bodega": "ESTANQUES"}, ["sin_fecha"]),
        ({"vence_desde": "2026-03-10", "vence_hasta": "2026-04-09"}, ["por_vencer", "hoy"]),
        ({"vence_hasta": "2026-03-09"}, ["vencido", "agotado"]),
        ({"sku": "no hay"}, []),
        ({"producto_id": str(2**62)}, []),
    ],
)
def test_listar_filtra(
    cliente: ClienteApi, surtido: dict[str, Lote], consulta: dict[str, str], esperados: list[str]
) -> None:
    assert ids(cliente, **consulta) == [surtido[nombre].pk for nombre in esperados]


def test_listar_por_producto(cliente: ClienteApi, surtido: dict[str, Lote]) -> None:
    assert ids(cliente, producto_id=surtido["hoy"].producto_id) == [
        surtido[nombre].pk for nombre in ("hoy", "vencido", "sin_fecha")
    ]


def test_el_estado_que_se_filtra_es_el_que_se_muestra(cliente: ClienteApi, surtido: dict[str, Lote]) -> None:
    for estado in EstadoLote.values:
        lotes = cliente.get(RUTA, {"estado": estado}).json()
        assert lotes
        assert {lote["estado"] for lote in lotes} == {estado}
        assert {Lote.objects.get(pk=lote["id"]).estado(HOY) for lote in lotes} == {estado}


@pytest.mark.parametrize(
    "consulta",
    [
        {"estado": "podrido"},
        {"con_stock": "quizás"},
        {"bloqueado": "2"},
        {"vence_desde": "31/12/2030"},
        {"vence_desde": "2026-03-10", "vence_hasta": "2026-03-09"},
        {"producto_id": "abc"},
        {"producto_id": "-1"},
        {"producto_id": "1.5"},
        {"producto_id": "9" * 40},
        {"skip": "-1"},
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "abc"},
        {"skip": "1" * 30},
        {"cursor": "inventado"},
        {"codigo": "a" * 101},
        {"sku": "a\x00b"},
    ],
)
def test_listar_con_una_consulta_imposible_es_422(
    cliente: ClienteApi, surtido: dict[str, Lote], consulta: dict[str, str]
) -> None:
    cuerpo = exigir_sobre(cliente.get(RUTA, consulta), 422, "validacion")
    assert {error["ubicacion"] for error in cuerpo["errores"]} == {"query"}


def test_recorrer_por_salto_y_por_cursor_da_lo_mismo(cliente: ClienteApi, surtido: dict[str, Lote]) -> None:
    todos = ids(cliente)
    por_salto = [pk for skip in (0, 2, 4) for pk in ids(cliente, skip=skip, limit=2)]
    ruta, por_cursor = f"{RUTA}?cursor=&limit=4", []
    while ruta:
        respuesta = cliente.get(ruta)
        por_cursor += [lote["id"] for lote in respuesta.json()]
        siguiente = re.search(r'<([^>]+)>; rel="next"', respuesta.get("Link", ""))
        ruta = siguiente[1] if siguiente else ""
    assert por_salto == por_cursor == todos


@pytest.mark.parametrize("pk", ["0", "-1", "999999", str(2**63), "9" * 40])
def test_ver_un_lote_que_no_hay_es_404(granja: Mundo, cliente: ClienteApi, pk: str) -> None:
    assert exigir_sobre(cliente.get(f"{RUTA}/{pk}"), 404, "no_encontrado")["detail"]


@pytest.mark.parametrize("pk", ["abc", "1.5", "true", "1e3", "٣"])
def test_ver_un_lote_con_un_id_que_no_es_entero_es_422(granja: Mundo, cliente: ClienteApi, pk: str) -> None:
    assert exigir_sobre(cliente.get(f"{RUTA}/{pk}"), 422)["errores"][0]["ubicacion"] == "path"


def test_un_lote_no_se_crea_ni_se_cambia_ni_se_borra_solo(
    cliente: ClienteApi, surtido: dict[str, Lote]
) -> None:
    ruta = f"{RUTA}/{surtido['hoy'].pk}"
    for metodo, camino in (("post", RUTA), ("put", ruta), ("patch", ruta), ("delete", ruta)):
        respuesta = getattr(cliente, metodo)(camino, {"cantidad_actual": 1})
        exigir_sobre(respuesta, 405, "metodo_no_permitido")
        assert "GET" in respuesta["Allow"]


def test_lo_de_otra_empresa_no_existe(ajeno: ClienteApi, surtido: dict[str, Lote]) -> None:
    assert ids(ajeno) == []
    exigir_sobre(ajeno.get(f"{RUTA}/{surtido['hoy'].pk}"), 404, "no_encontrado")
    for verbo in ("bloquear", "desbloquear"):
        ruta = f"{RUTA}/{surtido['hoy'].pk}/{verbo}"
        exigir_sobre(ajeno.post(ruta, {"motivo": "x"}), 404, "no_encontrado")
    assert Lote.objects.get(pk=surtido["hoy"].pk).bloqueado is False


def test_bloquear_y_desbloquear_sigue_a_los_descendientes(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 10)
    cliente.post("/api/v1/inventario/traslados", {"lote_id": lote.pk, "cantidad": 4, "hacia": "estanques"})
    hijo = Lote.objects.get(origen=lote)
    respuesta = cliente.post(f"{RUTA}/{lote.pk}/bloquear", {"motivo": "Aviso del proveedor"})
    assert respuesta.status_code == 200
    assert (respuesta.json()["bloqueado"], respuesta.json()["motivo_bloqueo"]) == (
        True,
        "Aviso del proveedor",
    )
    ficha = cliente.get(f"{RUTA}/{hijo.pk}").json()
    assert (ficha["bloqueado"], ficha["origen_id"], ficha["raiz_id"]) == (True, lote.pk, lote.pk)
    libre = cliente.post(f"{RUTA}/{lote.pk}/desbloquear", {"motivo": "Resultó bien"})
    assert (libre.status_code, libre.json()["bloqueado"], libre.json()["motivo_bloqueo"]) == (200, False, "")
    assert list(CambioDeBloqueo.objects.order_by("pk").values_list("lote_id", "bloqueado", "motivo")) == [
        (lote.pk, True, "Aviso del proveedor"),
        (hijo.pk, True, "Aviso del proveedor"),
        (lote.pk, False, "Resultó bien"),
        (hijo.pk, False, "Resultó bien"),
    ]


def test_bloquear_dos_veces_no_anota_dos(granja: Mundo, cliente: ClienteApi) -> None:
    lote = granja.entrada(granja.producto(), 10)
    for _ in range(2):
        assert cliente.post(f"{RUTA}/{lote.pk}/bloquear", {"motivo": "x"}).status_code == 200
    assert CambioDeBloqueo.objects.count() == 1


@pytest.mark.parametrize("motivo", [None, "", "  ", "a" * 256, 7, "a\x00b"])
def test_bloquear_sin_un_buen_motivo_es_422(granja: Mundo, cliente: ClienteApi, motivo: object) -> None:
    lote = granja.entrada(granja.producto(), 10)
    exigir_sobre(cliente.post(f"{RUTA}/{lote.pk}/bloquear", {"motivo": motivo}), 422, "validacion")
    assert Lote.objects.get(pk=lote.pk).bloqueado is False


def test_bloquear_sin_el_alcance_es_403(granja: Mundo) -> None:
    lote = granja.entrada(granja.producto(), 10)
    cliente = cliente_de(granja, "inventory:read", "inventory:write")
    exigir_sobre(cliente.post(f"{RUTA}/{lote.pk}/bloquear", {"motivo": "x"}), 403, "sin_permiso")
    assert Lote.objects.get(pk=lote.pk).bloqueado is False
