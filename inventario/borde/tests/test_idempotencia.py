"""Un POST repetido con la misma Idempotency-Key se hace una sola vez (decisión 18)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django_scopes import scopes_disabled

from inventario.borde.tests.test_errores import exigir_sobre
from inventario.cuentas.models import Bodega, Empresa
from inventario.idempotencia.models import RespuestaGuardada
from inventario.idempotencia.services import huella_de
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con

pytestmark = [pytest.mark.django_db, pytest.mark.urls("inventario.borde.tests.urls_de_prueba")]

RUTA = "/api/v1/bodegas"


def mandar(cliente: ClienteApi, cuerpo: Any, clave: str = "k-1", ruta: str = RUTA) -> Any:
    return cliente.post(ruta, cuerpo, headers={"Idempotency-Key": clave})


def guardadas() -> int:
    with scopes_disabled():
        return RespuestaGuardada.objects.count()


def test_repetir_devuelve_la_primera_respuesta_y_no_repite_el_efecto(
    cliente_api: ClienteApi, alcance: Empresa
) -> None:
    primera = mandar(cliente_api, {"codigo": "norte", "cantidad": 2.5})
    assert (primera.status_code, "Idempotency-Replayed" in primera) == (201, False)
    for cuerpo in (
        {"codigo": "norte", "cantidad": 2.5},
        {"cantidad": 2.50, "codigo": "norte"},
    ):
        otra = mandar(cliente_api, cuerpo)
        assert otra.status_code == 201
        assert otra["Idempotency-Replayed"] == "true"
        assert otra.content == primera.content
        assert otra["Content-Type"] == primera["Content-Type"]
    assert mandar(cliente_api, {"codigo": "norte", "cantidad": 2.5}, ruta=RUTA + "/").status_code == 201
    assert Bodega.objects.filter(codigo="norte").count() == 1
    fila = RespuestaGuardada.objects.get()
    assert (fila.estado, fila.clave, fila.principal.split(":")[0]) == (201, "k-1", "clave")


def test_repetir_con_otro_cuerpo_responde_409(cliente_api: ClienteApi, alcance: Empresa) -> None:
    assert mandar(cliente_api, {"codigo": "norte"}).status_code == 201
    for cuerpo in ({"codigo": "sur"}, {"codigo": "norte", "veces": 1}, {"codigo": "norte", "extra": True}):
        exigir_sobre(mandar(cliente_api, cuerpo), 409, "conflicto")
    assert Bodega.objects.count() == 2


@pytest.mark.parametrize(
    ("cuerpo", "estado"),
    [({"codigo": "falla"}, 400), ({"codigo": "cuatro"}, 400), ({}, 422), ({"codigo": "principal"}, 409)],
)
def test_fallar_no_se_recuerda_y_no_deja_nada(
    cliente_api: ClienteApi, alcance: Empresa, cuerpo: dict[str, str], estado: int
) -> None:
    assert mandar(cliente_api, cuerpo).status_code == estado
    assert guardadas() == 0
    assert Bodega.objects.count() == 1
    assert mandar(cliente_api, {"codigo": "norte"}).status_code == 201
    assert Bodega.objects.count() == 2


def test_la_clave_es_de_quien_la_manda(
    cliente_api: ClienteApi, cliente_ajeno: ClienteApi, clave_de: Callable[..., str], alcance: Empresa
) -> None:
    otro_de_la_misma = cliente_con(clave_de())
    for cliente, codigo in ((cliente_api, "a"), (cliente_ajeno, "b"), (otro_de_la_misma, "c")):
        respuesta = mandar(cliente, {"codigo": codigo})
        assert (respuesta.status_code, "Idempotency-Replayed" in respuesta) == (201, False)
    assert guardadas() == 3


def test_repetir_sin_permiso_o_con_la_clave_revocada_no_responde_lo_guardado(
    cliente_api: ClienteApi, alcance: Empresa
) -> None:
    assert mandar(cliente_api, {"codigo": "norte"}).status_code == 201
    Empresa.objects.filter(pk=alcance.pk).update(activa=False)
    exigir_sobre(mandar(cliente_api, {"codigo": "norte"}), 401, "no_autenticado")


@pytest.mark.parametrize("clave", ["", "x" * 129, "a\tb", "a\x00b", "a\x7fb"])
def test_una_clave_ilegible_responde_422(cliente_api: ClienteApi, alcance: Empresa, clave: str) -> None:
    cuerpo = exigir_sobre(mandar(cliente_api, {"codigo": "norte"}, clave), 422, "validacion")
    assert cuerpo["errores"][0]["campo"] == "Idempotency-Key"
    assert Bodega.objects.count() == 1
    assert mandar(cliente_api, {"codigo": "norte"}, "x" * 128).status_code == 201


def test_leer_ignora_la_clave(cliente_api: ClienteApi) -> None:
    assert cliente_api.get(RUTA, headers={"Idempotency-Key": ""}).status_code == 200
    assert guardadas() == 0


def test_la_huella_distingue_metodo_ruta_y_cuerpo() -> None:
    base = huella_de("POST", "/a", {"n": 5, "x": [1, None, True]})
    assert base == huella_de("post", "/a/", {"x": [1, None, True], "n": 5})
    for otra in (
        huella_de("PUT", "/a", {"n": 5, "x": [1, None, True]}),
        huella_de("POST", "/b", {"n": 5, "x": [1, None, True]}),
        huella_de("POST", "/a", {"n": "5", "x": [1, None, True]}),
        huella_de("POST", "/a", {"n": 5, "x": [None, 1, True]}),
        huella_de("POST", "/a", {"n": 5, "x": [1, None, 1]}),
    ):
        assert otra != base


@pytest.mark.django_db(transaction=True)
def test_repetir_a_la_vez_hace_una_y_las_demas_la_repiten(
    clave_de: Callable[..., str], alcance: Empresa
) -> None:
    clave = clave_de()
    barrera = threading.Barrier(6)
    respuestas: list[tuple[int, bytes, bool]] = []

    def pedir() -> None:
        try:
            cliente = cliente_con(clave)
            barrera.wait(timeout=20)
            respuesta = mandar(cliente, {"codigo": "norte"})
            respuestas.append((respuesta.status_code, respuesta.content, "Idempotency-Replayed" in respuesta))
        finally:
            connections.close_all()

    hilos = [threading.Thread(target=pedir) for _ in range(6)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(timeout=60)
    assert [estado for estado, _, _ in respuestas] == [201] * 6
    assert len({cuerpo for _, cuerpo, _ in respuestas}) == 1
    assert sorted(repetida for _, _, repetida in respuestas) == [False] + [True] * 5
    assert Bodega.objects.filter(codigo="norte").count() == 1
    assert guardadas() == 1
