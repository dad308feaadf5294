"""Asientos: verlos, listarlos y revertirlos."""

from __future__ import annotations

import pytest

from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/asientos"


def test_ver_responde_el_asiento_con_sus_lineas(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 10)
    asiento = granja.fefo(producto, 4)
    cuerpo = cliente.get(f"{RUTA}/{asiento.pk}").json()
    lineas = cuerpo.pop("movimientos")
    assert cuerpo == {
        "id": asiento.pk,
        "numero": 2,
        "tipo": "salida",
        "fecha_efectiva": "2026-03-10T15:00:00Z",
        "registrado_en": "2026-03-10T15:00:00Z",
        "usuario": str(granja.actor.usuario),
        "persona_externa": None,
        "motivo": "otro",
        "justificacion": "",
        "referencia": "",
        "modulo": "",
        "tanque": "",
        "lote_modulo": "",
        "sesion": None,
        "notas": "",
        "documento_tipo": "",
        "documento_id": "",
        "revierte_id": None,
        "revertido_por_id": None,
    }
    assert [(linea["lote_id"], linea["cantidad"], linea["saldo_lote"]) for linea in lineas] == [
        (lote.pk, 4, 6)
    ]


def test_listar_filtra_y_no_trae_lineas(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    granja.entrada(producto, 10)
    salida = granja.fefo(producto, 4)
    todos = cliente.get(RUTA)
    assert ([a["numero"] for a in todos.json()], todos["X-Total-Count"]) == ([1, 2], "2")
    assert "movimientos" not in todos.json()[0]
    assert [a["id"] for a in cliente.get(RUTA, {"tipo": "salida"}).json()] == [salida.pk]
    assert cliente.get(RUTA, {"motivo": "robo"}).json() == []
    assert len(cliente.get(RUTA, {"desde": "2026-03-10", "hasta": "2026-03-10"}).json()) == 2
    assert cliente.get(RUTA, {"hasta": "2026-03-09"}).json() == []
    exigir_sobre(cliente.get(RUTA, {"tipo": "venta"}), 422, "validacion")


def test_revertir_devuelve_lo_sacado_y_queda_enlazado(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 10)
    salida = granja.fefo(producto, 4)
    respuesta = cliente.post(f"{RUTA}/{salida.pk}/revertir", {"motivo": "Guía repetida"})
    assert respuesta.status_code == 201, respuesta.json()
    cuerpo = respuesta.json()
    assert (cuerpo["tipo"], cuerpo["revierte_id"], cuerpo["motivo"], cuerpo["justificacion"]) == (
        "reverso",
        salida.pk,
        "reverso",
        "Guía repetida",
    )
    assert [(m["tipo"], m["cantidad"], m["saldo_lote"]) for m in cuerpo["movimientos"]] == [
        ("reverso_entrada", 4, 10)
    ]
    assert granja.saldo(lote) == 10
    assert cliente.get(f"{RUTA}/{salida.pk}").json()["revertido_por_id"] == cuerpo["id"]


def test_revertir_dos_veces_es_409_y_un_reverso_400(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    granja.entrada(producto, 10)
    salida = granja.fefo(producto, 4)
    reverso = cliente.post(f"{RUTA}/{salida.pk}/revertir", {"motivo": "x"}).json()
    antes = granja.foto()
    otra = cliente.post(f"{RUTA}/{salida.pk}/revertir", {"motivo": "x"})
    exigir_sobre(otra, 409, "asiento_ya_revertido")
    de_vuelta = cliente.post(f"{RUTA}/{reverso['id']}/revertir", {"motivo": "x"})
    exigir_sobre(de_vuelta, 400, "no_se_revierte")
    assert granja.foto() == antes


def test_revertir_una_entrada_ya_gastada_es_400(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    granja.entrada(producto, 10)
    granja.fefo(producto, 4)
    antes = granja.foto()
    entrada = Asiento.objects.get(tipo="entrada")
    exigir_sobre(cliente.post(f"{RUTA}/{entrada.pk}/revertir", {"motivo": "x"}), 400, "no_se_revierte")
    assert granja.foto() == antes


@pytest.mark.parametrize(
    "cuerpo", [{}, {"motivo": ""}, {"motivo": "   "}, {"motivo": None}, {"motivo": "a" * 501}]
)
def test_revertir_sin_decir_por_que_es_422(
    granja: Mundo, cliente: ClienteApi, cuerpo: dict[str, object]
) -> None:
    granja.entrada(granja.producto(), 10)
    antes = granja.foto()
    respuesta = cliente.post(f"{RUTA}/{Asiento.objects.get().pk}/revertir", cuerpo)
    assert exigir_sobre(respuesta, 422, "validacion")["errores"][0]["campo"] == "motivo"
    assert granja.foto() == antes


def test_revertir_lo_ajeno_o_sin_el_alcance_no_pasa(granja: Mundo, ajeno: ClienteApi) -> None:
    granja.entrada(granja.producto(), 10)
    ruta = f"{RUTA}/{Asiento.objects.get().pk}"
    antes = granja.foto()
    exigir_sobre(ajeno.post(f"{ruta}/revertir", {"motivo": "x"}), 404, "no_encontrado")
    exigir_sobre(ajeno.get(ruta), 404, "no_encontrado")
    sin_borrar = cliente_de(granja, "inventory:read", "inventory:write")
    exigir_sobre(sin_borrar.post(f"{ruta}/revertir", {"motivo": "x"}), 403, "sin_permiso")
    assert granja.foto() == antes
    assert ajeno.get(RUTA).json() == []
