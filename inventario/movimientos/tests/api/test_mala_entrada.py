"""Nada de lo que llegue mal escrito pasa, mueve algo o da un 5xx, en ninguna operación del libro.

Cada operación se describe una vez, con un cuerpo que sí vale; las pruebas lo estropean de a un dato.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from herramientas.matriz import matriz
from inventario.cuentas.claves.services import crear_clave_api, revocar_clave
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.api.operaciones import CONSULTAS, OPERACIONES, Ids, Operacion, ruta_de
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.tests.mundo import ALCANCES, ClienteApi, cliente_con
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db
# Por clases: de otro tipo, mal escrito y más grande de lo que cabe. Los literales van crudos: json.dumps no
# escribe 1e400.
NO_SON_CANTIDAD = matriz(
    ("[]", "true", "false", "[1]", "{}"),
    ('"abc"', '""', '"1e5"', '"1,5"', '"٣"'),
    ("NaN", "Infinity", "-Infinity", '"NaN"', '"Infinity"', "1e400"),
    ("1.00001", '"0.00001"', "99999999999.99999"),
    ("100000000000", "1000000000000", "-1000000000000", "9" * 500, '"' + "9" * 500 + '"'),
)
NO_SON_ID = matriz(
    ("true", "null", "[]", "{}"),
    ('"abc"', '""', "1.5", "NaN"),
    ("0", "-1"),
    ("9223372036854775808", "1e400", "9" * 60, '"' + "9" * 60 + '"', "1e30"),
)
NO_SON_TEXTO = matriz(
    ("7", "true", "[]", "{}"), ('"a\\u0000b"', '"\\ud800"', '"a\\u0007b"'), ('"' + "x" * 100_000 + '"',)
)
NO_SON_FECHA = matriz(
    ("86400", "true", "[]"),
    ('"2030-02-30"', '"31/12/2030"', '"2030-13-01"', '"ayer"', '"2030-12-31T10:00:00"'),
    ('"2030-12-31\\u0000"', '"' + "2" * 100_000 + '"'),
)
NO_SON_OPCION = matriz(
    ("7", "[]", "{}", "1e400"), ('"inventado"', '"a\\u0000b"'), ('"' + "x" * 100_000 + '"',)
)
MALOS = {
    "ids": NO_SON_ID,
    "cantidades": NO_SON_CANTIDAD,
    "textos": NO_SON_TEXTO,
    "fechas": NO_SON_FECHA,
    "opciones": NO_SON_OPCION,
}
DATOS = [
    pytest.param(operacion, clase, campo, id=f"{nombre}-{campo}")
    for nombre, operacion in OPERACIONES.items()
    for clase, campo in operacion.dato()
]
TODAS = [pytest.param(operacion, id=nombre) for nombre, operacion in OPERACIONES.items()]
LECTURAS = [pytest.param(*consulta, id=nombre) for nombre, consulta in CONSULTAS.items()]


@pytest.fixture
def ids(granja: Mundo) -> Ids:
    producto = granja.producto()
    lote = granja.entrada(producto, 50, codigo="L-1")
    return Ids(producto.pk, lote.pk, Asiento.objects.get().pk)


def mandar(cliente: ClienteApi, ruta: str, crudo: str) -> Any:
    return cliente.generic("POST", ruta, crudo, content_type="application/json")


@pytest.mark.parametrize(("operacion", "clase", "campo"), DATOS)
def test_un_dato_mal_escrito_es_422_y_no_mueve(
    granja: Mundo, cliente: ClienteApi, ids: Ids, operacion: Operacion, clase: str, campo: str
) -> None:
    antes = granja.foto()
    malos = list(MALOS[clase])
    if clase == "cantidades":
        malos += [] if campo in operacion.con_signo else matriz(("-1", '"-0.0001"'))
        malos += [] if campo in operacion.cero_vale else matriz(("0", '"0.0"'))
    for crudo in malos:
        if campo == "proveedor_id" and crudo == "null":
            continue
        cuerpo = json.dumps({**operacion.cuerpo(ids), campo: "@@"}).replace('"@@"', crudo)
        respuesta = mandar(cliente, ruta_de(operacion, ids), cuerpo)
        sobre = exigir_sobre(respuesta, 422, "validacion")
        assert sobre["errores"], (crudo[:40], sobre)
        # Si el JSON se pudo leer, el error nombra el dato (o el par del que había que elegir uno).
        if sobre["errores"][0]["codigo"] != "json":
            assert campo in {error["campo"] for error in sobre["errores"]}, (crudo[:40], sobre)
    assert granja.foto() == antes


@pytest.mark.parametrize("operacion", TODAS)
def test_faltar_cada_dato_obligatorio_es_422(
    granja: Mundo, cliente: ClienteApi, ids: Ids, operacion: Operacion
) -> None:
    antes = granja.foto()
    for campo in operacion.cuerpo(ids):
        cuerpo = operacion.cuerpo(ids)
        del cuerpo[campo]
        exigir_sobre(cliente.post(ruta_de(operacion, ids), cuerpo), 422, "validacion")
    assert granja.foto() == antes


@pytest.mark.parametrize("operacion", TODAS)
def test_un_cuerpo_que_no_se_lee_no_mueve(
    granja: Mundo, cliente: ClienteApi, ids: Ids, operacion: Operacion
) -> None:
    antes = granja.foto()
    ruta = ruta_de(operacion, ids)
    bueno = json.dumps(operacion.cuerpo(ids))
    for crudo in ("", bueno[:-1], bueno + "}", "[]", "7", "null", '"texto"', f"[{bueno}]", "[" * 5000):
        exigir_sobre(mandar(cliente, ruta, crudo), 422, "validacion")
    clave = next(iter(operacion.cuerpo(ids)))
    exigir_sobre(mandar(cliente, ruta, bueno[:-1] + f', "{clave}": 1}}'), 422, "validacion")
    exigir_sobre(mandar(cliente, ruta, '{"a": "' + "x" * 2**20 + '"}'), 413, "cuerpo_demasiado_grande")
    for tipo in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "text/csv"):
        respuesta = cliente.generic("POST", ruta, bueno, content_type=tipo)
        exigir_sobre(respuesta, 415, "tipo_no_soportado")
    assert granja.foto() == antes


@pytest.mark.parametrize("operacion", TODAS)
def test_lo_que_no_existe_o_es_ajeno_es_404(
    granja: Mundo, cliente: ClienteApi, ajeno: ClienteApi, ids: Ids, operacion: Operacion
) -> None:
    antes = granja.foto()
    inexistentes = Ids(*(n + 10**6 for n in (ids.producto, ids.lote, ids.asiento)))
    cuerpo = operacion.cuerpo(inexistentes)
    exigir_sobre(cliente.post(ruta_de(operacion, inexistentes), cuerpo), 404, "no_encontrado")
    enorme = Ids(2**63 - 1, 2**63 - 1, 2**63 - 1)
    exigir_sobre(cliente.post(ruta_de(operacion, enorme), operacion.cuerpo(enorme)), 404, "no_encontrado")
    suyo = {**operacion.cuerpo(ids)}
    if "hacia" in suyo:
        suyo["hacia"] = "principal"
    exigir_sobre(ajeno.post(ruta_de(operacion, ids), suyo), 404, "no_encontrado")
    assert granja.foto() == antes


@pytest.mark.parametrize(
    "ruta",
    [
        *(operacion.ruta for operacion in OPERACIONES.values() if "{" in operacion.ruta),
        *(ruta for ruta, consulta in CONSULTAS.values() if "{" in ruta),
    ],
)
def test_un_id_imposible_en_la_ruta_no_pasa(granja: Mundo, cliente: ClienteApi, ids: Ids, ruta: str) -> None:
    antes = granja.foto()
    for pk, estado in (
        *((malo, 422) for malo in matriz(("abc", "1.5", "true", "NaN", "٣", "1e3"), ("%00", "x" * 500))),
        *((malo, 404) for malo in matriz(("0", "-1", "999999"), (str(2**63), str(2**64), "9" * 40))),
    ):
        direccion = ruta.format(producto=pk, lote=pk, asiento=pk)
        respuesta = (
            cliente.post(direccion, {"motivo": "Repetido"})
            if direccion.endswith(("revertir", "bloquear"))
            else cliente.get(direccion)
        )
        exigir_sobre(respuesta, estado)
    assert granja.foto() == antes


@pytest.mark.parametrize(("ruta", "consulta"), LECTURAS)
def test_una_lectura_no_escribe_y_responde(
    granja: Mundo, cliente: ClienteApi, ids: Ids, ruta: str, consulta: dict[str, str]
) -> None:
    antes = granja.foto()
    parametros = {clave: valor.format(producto=ids.producto) for clave, valor in consulta.items()}
    with CaptureQueriesContext(connection) as consultas:
        assert cliente.get(ruta_de(ruta, ids), parametros).status_code == 200
    escrituras = [
        c["sql"] for c in consultas if c["sql"].startswith(("INSERT", "UPDATE", "DELETE", "SAVEPOINT"))
    ]
    # Lo único que anota una lectura es cuándo se usó la clave.
    assert [sql for sql in escrituras if "cuentas_claveapi" not in sql and "SAVEPOINT" not in sql] == []
    assert granja.foto() == antes
    exigir_sobre(cliente.get(ruta_de(ruta, ids), {**parametros, "x": "a\x00b"}), 422, "validacion")


DATOS_DE_CONSULTA = {
    "lotes": ("producto_id", "estado", "con_stock", "vence_desde", "bloqueado", "skip", "limit", "cursor"),
    "movimientos": (
        "producto_id",
        "lote_id",
        "asiento_id",
        "tipo",
        "desde",
        "hasta",
        "motivo",
        "orden",
        "skip",
    ),
    "asientos": ("tipo", "motivo", "desde", "hasta", "skip", "limit", "cursor"),
    "existencias": ("al", "producto_id", "skip", "limit"),
    "kardex de lote": ("desde", "hasta", "limit", "cursor"),
    "kardex de producto": ("desde", "hasta", "limit", "cursor"),
    "vista previa": ("producto_id", "cantidad"),
}


@pytest.mark.parametrize(
    ("nombre", "campo"), [(nombre, campo) for nombre, campos in DATOS_DE_CONSULTA.items() for campo in campos]
)
def test_una_consulta_mal_escrita_es_422(
    granja: Mundo, cliente: ClienteApi, ids: Ids, nombre: str, campo: str
) -> None:
    ruta, consulta = CONSULTAS[nombre]
    buenos = {clave: valor.format(producto=ids.producto) for clave, valor in consulta.items()}
    malos = matriz(
        ("abc", "1.5.5", "٣", "[]"), ("-1", "NaN", "Infinity", "1e400", "9" * 60), ("a\x00b", "x" * 20_000)
    )
    for malo in malos:
        respuesta = cliente.get(ruta_de(ruta, ids), {**buenos, campo: malo})
        sobre = exigir_sobre(respuesta, 422, "validacion")
        assert {(e["campo"], e["ubicacion"]) for e in sobre["errores"]} == {(campo, "query")}, malo


@pytest.mark.parametrize("operacion", TODAS)
def test_sin_credencial_o_sin_permiso_no_se_mueve(granja: Mundo, ids: Ids, operacion: Operacion) -> None:
    revocada, clave_revocada = crear_clave_api(empresa=granja.empresa, nombre="R", alcances=ALCANCES)
    revocar_clave(actor=granja.actor, clave=revocada)
    vencida, clave_vencida = crear_clave_api(
        empresa=granja.empresa, nombre="V", alcances=ALCANCES, vence_en=granja.reloj() + timedelta(days=1)
    )
    type(vencida).objects.filter(pk=vencida.pk).update(vence_en=granja.reloj() - timedelta(seconds=1))
    antes = granja.foto()
    ruta, cuerpo = ruta_de(operacion, ids), operacion.cuerpo(ids)
    anonimos = [ClienteApi(), *map(cliente_con, ("sk_live_x", clave_revocada, clave_vencida, "a" * 9000))]
    for anonimo in anonimos:
        respuesta = anonimo.post(ruta, cuerpo)
        exigir_sobre(respuesta, 401, "no_autenticado")
        assert respuesta["WWW-Authenticate"].startswith("Bearer")
    exigir_sobre(cliente_de(granja, "inventory:read").post(ruta, cuerpo), 403, "sin_permiso")
    assert granja.foto() == antes


@pytest.mark.parametrize(("ruta", "consulta"), LECTURAS)
def test_leer_sin_credencial_o_sin_permiso_no_pasa(
    granja: Mundo, ids: Ids, ruta: str, consulta: dict[str, str]
) -> None:
    parametros = {clave: valor.format(producto=ids.producto) for clave, valor in consulta.items()}
    exigir_sobre(ClienteApi().get(ruta_de(ruta, ids), parametros), 401, "no_autenticado")
    solo_escribe = cliente_de(granja, "inventory:write")
    exigir_sobre(solo_escribe.get(ruta_de(ruta, ids), parametros), 403, "sin_permiso")
    for metodo in ("put", "patch", "delete"):
        respuesta = getattr(cliente_de(granja), metodo)(ruta_de(ruta, ids), {})
        exigir_sobre(respuesta, 405, "metodo_no_permitido")


@pytest.mark.parametrize("operacion", TODAS)
def test_una_clave_de_idempotencia_imposible_es_422(
    granja: Mundo, cliente: ClienteApi, ids: Ids, operacion: Operacion
) -> None:
    antes = granja.foto()
    for clave in ("", "a" * 129, "a\x07b"):
        respuesta = cliente.post(ruta_de(operacion, ids), operacion.cuerpo(ids), HTTP_IDEMPOTENCY_KEY=clave)
        exigir_sobre(respuesta, 422, "validacion")
    assert granja.foto() == antes


@pytest.mark.parametrize("operacion", TODAS)
def test_repetir_con_la_misma_clave_no_mueve_otra_vez(
    granja: Mundo, cliente: ClienteApi, ids: Ids, operacion: Operacion
) -> None:
    ruta, cuerpo = ruta_de(operacion, ids), operacion.cuerpo(ids)
    primera = cliente.post(ruta, cuerpo, HTTP_IDEMPOTENCY_KEY="k-1")
    assert primera.status_code in (200, 201), primera.json()
    despues = granja.foto()
    segunda = cliente.post(ruta, cuerpo, HTTP_IDEMPOTENCY_KEY="k-1")
    assert (segunda.status_code, segunda.content) == (primera.status_code, primera.content)
    assert segunda["Idempotency-Replayed"] == "true"
    assert granja.foto() == despues


@pytest.mark.parametrize("operacion", TODAS)
def test_las_claves_de_mas_se_ignoran(
    granja: Mundo, cliente: ClienteApi, ids: Ids, operacion: Operacion
) -> None:
    intrusas = {
        "id": 1,
        "empresa": 99,
        "empresa_id": 99,
        "saldo": 10**6,
        "cantidad_actual": 10**6,
        "usuario": "x",
    }
    respuesta = cliente.post(ruta_de(operacion, ids), {**operacion.cuerpo(ids), **intrusas})
    assert respuesta.status_code in (200, 201), respuesta.json()
    assert {lote.empresa_id for lote in Lote.objects.all()} == {granja.empresa.pk}
    assert Producto.objects.count() == 1
    assert granja.fisica(Producto.objects.get()) < 10**6
