"""Nada mal escrito reserva, confirma, cancela o extiende, ni da un 5xx."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.api.test_mala_entrada import MALOS, NO_SON_CANTIDAD
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto
from inventario.reservas import services
from inventario.reservas.models import Reserva

pytestmark = pytest.mark.django_db
V1 = "/api/v1/reservas"
NO_SON_HORAS = [
    *("true", '"abc"', '""', "[]", "{}", "1.5", "0", "-1", "721", "NaN", "1e400", "1e3"),
    *("9223372036854775808", "9" * 60, '"' + "9" * 60 + '"'),
]
CLASES = {**MALOS, "horas": NO_SON_HORAS, "cantidades": [*NO_SON_CANTIDAD, "0", '"0.0"', "-1", '"-0.0001"']}
# Por verbo: un cuerpo que vale y de qué clase es cada dato.
VERBOS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "": (
        {"producto_id": 0, "cantidad": 5},
        {
            "producto_id": "ids",
            "cantidad": "cantidades",
            "horas": "horas",
            "bodega": "textos",
            "modulo": "textos",
            "referencia": "textos",
            "notas": "textos",
        },
    ),
    "/confirmar": ({}, {"cantidad": "cantidades", "resto": "opciones"}),
    "/cancelar": ({"motivo": "Ya no"}, {"motivo": "textos"}),
    "/extender": ({"horas": 48}, {"horas": "horas"}),
}
DATOS = [(verbo, campo) for verbo, (_, campos) in VERBOS.items() for campo in campos]


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    producto = granja.producto()
    granja.entrada(producto, 50)
    return producto


@pytest.fixture
def reserva(granja: Mundo, producto: Producto) -> Reserva:
    return services.reservar(
        actor=granja.actor, producto=producto, bodega=granja.bodega, cantidad=granja.fisica(producto) / 2
    )


def foto(granja: Mundo) -> Any:
    return granja.foto(), list(Reserva.objects.order_by("pk").values_list())


def ruta_de(verbo: str, reserva: Reserva | uuid.UUID) -> str:
    return f"{V1}/{getattr(reserva, 'pk', reserva)}{verbo}" if verbo else V1


def cuerpo_de(verbo: str, producto: Producto) -> dict[str, Any]:
    bueno = VERBOS[verbo][0]
    return {**bueno, "producto_id": producto.pk} if "producto_id" in bueno else dict(bueno)


def mandar(cliente: ClienteApi, ruta: str, crudo: str) -> Any:
    return cliente.generic("POST", ruta, crudo, content_type="application/json")


@pytest.mark.parametrize(("verbo", "campo"), DATOS)
def test_un_dato_mal_escrito_es_422_y_no_mueve(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reserva: Reserva, verbo: str, campo: str
) -> None:
    antes = foto(granja)
    for crudo in CLASES[VERBOS[verbo][1][campo]]:
        cuerpo = json.dumps({**cuerpo_de(verbo, producto), campo: "@@"}).replace('"@@"', crudo)
        sobre = exigir_sobre(mandar(cliente, ruta_de(verbo, reserva), cuerpo), 422, "validacion")
        assert sobre["errores"], crudo[:40]
        if sobre["errores"][0]["codigo"] != "json":
            assert campo in {error["campo"] for error in sobre["errores"]}, (crudo[:40], sobre)
    assert foto(granja) == antes


@pytest.mark.parametrize("verbo", VERBOS)
def test_un_cuerpo_que_falta_o_no_se_lee_no_mueve(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reserva: Reserva, verbo: str
) -> None:
    antes = foto(granja)
    ruta, bueno = ruta_de(verbo, reserva), json.dumps(cuerpo_de(verbo, producto))
    for crudo in (bueno[:-1], bueno + "}", "[]", "7", "null", '"texto"', f"[{bueno}]", "[" * 5000):
        exigir_sobre(mandar(cliente, ruta, crudo), 422, "validacion")
    exigir_sobre(mandar(cliente, ruta, '{"a": "' + "x" * 2**20 + '"}'), 413, "cuerpo_demasiado_grande")
    respuesta = cliente.generic("POST", ruta, bueno, content_type="application/x-www-form-urlencoded")
    exigir_sobre(respuesta, 415, "tipo_no_soportado")
    for campo in VERBOS[verbo][0]:
        cuerpo = cuerpo_de(verbo, producto)
        del cuerpo[campo]
        exigir_sobre(cliente.post(ruta, cuerpo), 422, "validacion")
    for clave in ("", "a" * 129, "a\x07b"):
        respuesta = cliente.post(ruta, json.loads(bueno), HTTP_IDEMPOTENCY_KEY=clave)
        exigir_sobre(respuesta, 422, "validacion")
    assert foto(granja) == antes


@pytest.mark.parametrize("verbo", ["/confirmar", "/cancelar", "/extender"])
def test_un_id_imposible_o_desconocido_no_pasa(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reserva: Reserva, verbo: str
) -> None:
    antes = foto(granja)
    cuerpo = cuerpo_de(verbo, producto)
    malos = (
        "abc",
        "1",
        str(reserva.pk)[:-1],
        f"{{{reserva.pk}}}",
        f"urn:uuid:{reserva.pk}",
        "%00",
        "x" * 500,
    )
    for pk in malos:
        for respuesta in (cliente.post(f"{V1}/{pk}{verbo}", cuerpo), cliente.get(f"{V1}/{pk}")):
            sobre = exigir_sobre(respuesta, 422, "validacion")
            assert [error["ubicacion"] for error in sobre["errores"]] == ["path"]
    exigir_sobre(cliente.post(f"{V1}/{uuid.uuid4()}{verbo}", cuerpo), 404, "no_encontrado")
    exigir_sobre(cliente.get(f"{V1}/{uuid.uuid4()}"), 404, "no_encontrado")
    assert foto(granja) == antes
    # Un UUID es el mismo en mayúsculas.
    assert cliente.get(f"{V1}/{str(reserva.pk).upper()}").status_code == 200


@pytest.mark.parametrize(
    "campo", ["estado", "producto_id", "skip", "limit", "cursor", "sku", "bodega", "modulo", "referencia"]
)
def test_una_consulta_mal_escrita_es_422(cliente: ClienteApi, reserva: Reserva, campo: str) -> None:
    malos = ["a\x00b", "x" * 20_000]
    if campo in ("estado", "producto_id", "skip", "limit", "cursor"):
        malos += ["abc", "-1", "1.5.5", "NaN", "1e400", "9" * 60, "٣", "[]", "PENDIENTE"]
    for malo in malos:
        sobre = exigir_sobre(cliente.get(V1, {campo: malo}), 422, "validacion")
        assert {(e["campo"], e["ubicacion"]) for e in sobre["errores"]} == {(campo, "query")}, malo[:40]


def test_lo_que_no_se_puede_reservar_se_dice(granja: Mundo, cliente: ClienteApi, producto: Producto) -> None:
    pieza = granja.producto("P-1", unidad=granja.pieza)
    inactivo = granja.producto("P-2", activo=False)
    granja.entrada(pieza, 5)
    antes = foto(granja)
    exigir_sobre(cliente.post(V1, {"producto_id": 10**9, "cantidad": 1}), 404, "no_encontrado")
    exigir_sobre(cliente.post(V1, {"producto_id": inactivo.pk, "cantidad": 1}), 400, "regla_rota")
    sobre = exigir_sobre(cliente.post(V1, {"producto_id": pieza.pk, "cantidad": 1.5}), 422, "validacion")
    assert sobre["errores"][0]["codigo"] == "no_divisible"
    pedido = {"producto_id": producto.pk, "cantidad": 1, "bodega": "luna"}
    assert exigir_sobre(cliente.post(V1, pedido), 422, "validacion")["errores"][0]["campo"] == "bodega"
    assert foto(granja) == antes


def test_las_claves_de_mas_se_ignoran(granja: Mundo, cliente: ClienteApi, producto: Producto) -> None:
    intrusas = {"id": 1, "empresa": 99, "estado": "confirmada", "restante": 0, "creada_por": "x"}
    cuerpo = cliente.post(V1, {"producto_id": producto.pk, "cantidad": 2, **intrusas}).json()
    assert (cuerpo["estado"], cuerpo["restante"]) == ("pendiente", 2)
    assert Reserva.objects.get().empresa == granja.empresa
