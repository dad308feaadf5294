"""Nada de lo que mande un cliente es un 500, y `detail` es siempre una frase (apéndice B, 1)."""

from __future__ import annotations

from typing import Any

import pytest

from herramientas.matriz import matriz
from inventario.cuentas.models import Empresa
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Categoria, ModuloDeProducto, Producto, Unidad

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
ESCRITURAS = (
    ("post", f"{V1}/inventory/items", "item_name unit sku category default_supplier_id default_price "
     "reorder_threshold min_stock_level"),
    ("put", f"{V1}/inventory/items/{{item}}", "item_name unit sku category default_supplier_id default_price "
     "reorder_threshold min_stock_level is_active"),
    ("post", f"{V1}/inventory/categories", "category_name description"),
    ("put", f"{V1}/inventory/categories/{{categoria}}", "category_name description"),
    ("post", f"{V1}/inventory/items/{{item}}/modules", "module_name custom_settings is_primary"),
    ("post", f"{V1}/units", "unit_name abbreviation category"),
    ("put", f"{V1}/units/{{unidad}}", "unit_name abbreviation category"),
)  # fmt: skip
BUENO: dict[str, Any] = {
    "item_name": "N", "unit": "kg", "category_name": "N", "module_name": "biofloc", "unit_name": "N",
}  # fmt: skip
# Por clases: de otro tipo, número que no cabe, número que no lo es y texto que no se admite.
MALOS: list[Any] = matriz(
    ([], {}, [1], {"a": 1}, True, None),
    (-1, 10**11, 10**30, 2**63, 1.5),
    ("NaN", "1e5", "Infinity", "abc", "0.00001", "null", "true", ""),
    ("a\x01b", "\u202e\x7f", "x" * 2001),
)


def foto(empresa: Empresa) -> list[Any]:
    with en_empresa(empresa):
        modelos = (Producto, Categoria, Unidad, ModuloDeProducto)
        return [list(modelo._default_manager.order_by("pk").values()) for modelo in modelos]


def exigir_rechazo(respuesta: Any, que: object) -> None:
    assert 400 <= respuesta.status_code < 500, (que, respuesta.content)
    cuerpo = respuesta.json()
    assert isinstance(cuerpo["detail"], str), que
    assert cuerpo["detail"], que
    if respuesta.status_code == 422:
        assert cuerpo["detail"] == "Validation error"
        for fallo in cuerpo["errors"]:
            assert set(fallo) == {"field", "message", "type"}
            assert all(isinstance(parte, str) and parte for parte in fallo.values()), (que, fallo)
            assert fallo["field"].split(" -> ")[0] in ("body", "query", "path")
            # Ni una palabra de las nuestras se escapa a quien lee en inglés.
            assert fallo["message"].isascii()


@pytest.fixture
def rutas(cliente_api: ClienteApi) -> dict[str, int]:
    item = cliente_api.post(f"{V1}/inventory/items", {"item_name": "A", "unit": "u"}).json()["id"]
    categorias = cliente_api.get(f"{V1}/inventory/categories").json()["categories"]
    unidad = cliente_api.post(f"{V1}/units", {"unit_name": "Barrel"}).json()["id"]
    return {"item": item, "categoria": categorias[0]["id"], "unidad": unidad}


@pytest.mark.parametrize(("metodo", "ruta", "campos"), ESCRITURAS)
def test_escribir_cualquier_cosa_no_es_un_error_nuestro(
    cliente_api: ClienteApi, rutas: dict[str, int], metodo: str, ruta: str, campos: str
) -> None:
    llamar = getattr(cliente_api, metodo)
    for campo in campos.split():
        base = {clave: valor for clave, valor in BUENO.items() if clave in campos.split()}
        for malo in MALOS:
            respuesta = llamar(ruta.format(**rutas), {**base, campo: malo})
            assert respuesta.status_code < 500, (campo, malo, respuesta.content)
            if respuesta.status_code >= 400:
                exigir_rechazo(respuesta, (campo, malo))


@pytest.mark.parametrize(("metodo", "ruta", "campos"), ESCRITURAS)
def test_escribir_lo_que_no_es_no_cambia_nada(
    cliente_api: ClienteApi, empresa: Empresa, rutas: dict[str, int], metodo: str, ruta: str, campos: str
) -> None:
    antes = foto(empresa)
    llamar = getattr(cliente_api, metodo)
    for campo in campos.split():
        if campo == "custom_settings":
            malos: list[Any] = matriz(([], "{}", 1, True), ({"a": "x" * 20_000},))
        elif campo.startswith("is_"):
            malos = matriz((2, "maybe", 1.5), ([], {}))
        else:
            malos = matriz(({}, [], True), ("a\x01b", "x" * 2001))
        for malo in malos:
            base = {clave: valor for clave, valor in BUENO.items() if clave in campos.split()}
            exigir_rechazo(llamar(ruta.format(**rutas), {**base, campo: malo}), (campo, malo))
    for cuerpo in ([], [1], 7, "x"):
        exigir_rechazo(llamar(ruta.format(**rutas), cuerpo), cuerpo)
    assert foto(empresa) == antes


@pytest.mark.parametrize("cuerpo", [b"{", b"null", b"[[[", b'{"a": NaN}', b'{"a": "\\u0000"}', b"\xff"])
def test_escribir_lo_que_no_es_json_lo_dice(cliente_api: ClienteApi, cuerpo: bytes) -> None:
    respuesta = cliente_api.crudo(f"{V1}/inventory/items", cuerpo)
    assert respuesta.status_code == 422
    assert respuesta.json() == {
        "detail": "Validation error",
        "errors": [
            {"field": "body", "message": "The request body is not valid JSON", "type": "json_invalid"}
        ],
    }


def test_escribir_en_otro_formato_responde_415(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.crudo(f"{V1}/units", b"a=1", tipo="application/x-www-form-urlencoded")
    assert respuesta.status_code == 415
    assert respuesta.json() == {"detail": "Content-Type must be application/json"}


def test_escribir_de_mas_responde_413(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.crudo(f"{V1}/units", b'"' + b"a" * 1_100_000 + b'"')
    assert respuesta.status_code == 413
    assert respuesta.json() == {"detail": "Request body is too large"}


@pytest.mark.parametrize(
    ("ruta", "parametros"),
    [
        ("inventory/items", "page limit is_active"),
        ("inventory/categories", "page limit"),
        ("inventory/module/biofloc/items", "page limit"),
        ("inventory/alerts/low-stock", "page limit"),
        ("inventory/alerts/expiry", "days page limit"),
        ("units", "include_inactive page limit"),
    ],
)
def test_preguntar_mal_responde_422(cliente_api: ClienteApi, ruta: str, parametros: str) -> None:
    for parametro in parametros.split():
        for malo in matriz(("abc", "", "1.5", "NaN", "٣", "null"), ("-1", "9" * 30), ("a\x00b",)):
            respuesta = cliente_api.get(f"{V1}/{ruta}", {parametro: malo})
            assert respuesta.status_code == 422, (parametro, malo)
            exigir_rechazo(respuesta, (parametro, malo))
            assert respuesta.json()["errors"][0]["field"] == f"query -> {parametro}"


@pytest.mark.parametrize("ruta", ["inventory/items", "inventory/module/biofloc/items", "units"])
def test_preguntar_por_una_pagina_lejana_da_ninguna(cliente_api: ClienteApi, ruta: str) -> None:
    cuerpo = cliente_api.get(f"{V1}/{ruta}", {"page": 2**31 - 1, "limit": 500}).json()
    assert (cuerpo.get("items") or cuerpo.get("units") or []) == []


@pytest.mark.parametrize(
    ("metodo", "ruta"),
    [
        ("get", "inventory/items/{}"), ("put", "inventory/items/{}"), ("delete", "inventory/items/{}"),
        ("delete", "inventory/items/{}/permanent"), ("post", "inventory/items/{}/modules"),
        ("delete", "inventory/items/{}/modules/biofloc"), ("put", "inventory/categories/{}"),
        ("delete", "inventory/categories/{}"), ("get", "units/{}"), ("put", "units/{}"),
        ("delete", "units/{}"), ("post", "units/{}/deactivate"), ("post", "units/{}/reactivate"),
    ],
)  # fmt: skip
def test_nombrar_mal_un_id_responde_422_y_uno_que_no_hay_404(
    cliente_api: ClienteApi, metodo: str, ruta: str
) -> None:
    cuerpo = {**BUENO} if metodo in ("post", "put") else None
    for malo, estado in matriz(
        (("abc", 422), ("1.5", 422), ("٣", 422)),
        (("%00", 422), ("9" * 41, 422)),
        (("0", 404), ("-1", 404), ("999999", 404)),
        ((str(2**63), 404), ("9" * 40, 404)),
    ):
        respuesta = getattr(cliente_api, metodo)(f"{V1}/{ruta.format(malo)}", cuerpo)
        assert respuesta.status_code == estado, malo
        exigir_rechazo(respuesta, malo)


def test_nombrar_un_modulo_raro_no_es_un_error_nuestro(cliente_api: ClienteApi) -> None:
    for raro in ("x" * 3000, "ñandú", "a%20b", "%25", "%01", "..", "'"):
        respuesta = cliente_api.get(f"{V1}/inventory/module/{raro}/items")
        assert respuesta.status_code in (200, 404), raro
    for raro in ("x" * 3000, "%00", "ñ"):
        assert cliente_api.delete(f"{V1}/inventory/items/1/modules/{raro}").status_code in (404, 422), raro
        esperado = 422 if raro == "%00" else 200
        for que in ("items", "consumption"):
            assert cliente_api.get(f"{V1}/inventory/module/{raro}/{que}").status_code == esperado, raro
