"""El esquema OpenAPI: sin avisos, y con todo lo que un cliente necesita saber de cada operación."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from inventario.nucleo.tests.mundo import ClienteApi

METODOS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def esquema() -> dict[str, Any]:
    documento: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return documento


def operaciones(esquema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (ruta, metodo, operacion)
        for ruta, de_la_ruta in esquema["paths"].items()
        for metodo, operacion in de_la_ruta.items()
        if metodo in METODOS
    ]


def del_libro(esquema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    suyas = ("/inventario/", "/reservas", "/kardex", "/reportes")
    return [una for una in operaciones(esquema) if any(parte in una[0] for parte in suyas)]


def test_generarlo_no_da_avisos_ni_es_invalido() -> None:
    salida = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=salida)
    assert salida.getvalue().startswith("openapi: 3.1.0")


def test_estan_todas_las_direcciones_del_contrato(esquema: dict[str, Any]) -> None:
    assert {(ruta, metodo) for ruta, metodo, _ in operaciones(esquema)} >= {
        ("/api/v1/productos", "get"),
        ("/api/v1/productos", "post"),
        ("/api/v1/productos/{id}", "get"),
        ("/api/v1/productos/{id}", "put"),
        ("/api/v1/productos/{id}", "patch"),
        ("/api/v1/productos/{id}", "delete"),
        ("/api/v1/productos/{id}/kardex", "get"),
        ("/api/v1/inventario/lotes", "get"),
        ("/api/v1/inventario/lotes/{id}", "get"),
        ("/api/v1/inventario/lotes/{id}/kardex", "get"),
        ("/api/v1/inventario/lotes/{id}/bloquear", "post"),
        ("/api/v1/inventario/lotes/{id}/desbloquear", "post"),
        ("/api/v1/inventario/entradas", "post"),
        ("/api/v1/inventario/salidas", "post"),
        ("/api/v1/inventario/despachar", "post"),
        ("/api/v1/inventario/despachar/vista-previa", "get"),
        ("/api/v1/inventario/ajustes", "post"),
        ("/api/v1/inventario/traslados", "post"),
        ("/api/v1/inventario/movimientos", "get"),
        ("/api/v1/inventario/asientos", "get"),
        ("/api/v1/inventario/asientos/{id}", "get"),
        ("/api/v1/inventario/asientos/{id}/revertir", "post"),
        ("/api/v1/inventario/existencias", "get"),
        ("/api/v1/reservas", "get"),
        ("/api/v1/reservas", "post"),
        ("/api/v1/reservas/{id}", "get"),
        ("/api/v1/reservas/{id}/confirmar", "post"),
        ("/api/v1/reservas/{id}/cancelar", "post"),
        ("/api/v1/reservas/{id}/extender", "post"),
        ("/api/v1/reportes/top-productos-disponibles", "get"),
        ("/api/v1/reportes/inventario-basico", "get"),
        ("/api/v1/reportes/lotes-por-vencer", "get"),
        ("/api/v1/reportes/movimientos-por-rango-fecha", "get"),
        ("/api/v1/reportes/exportaciones", "post"),
        ("/api/v1/reportes/exportaciones/{id}/archivo", "get"),
    }


CREDENCIALES = {"clave", "claveEnCabecera", "token", "sesion"}
# Por ellas se llega a tener una credencial.
SIN_CREDENCIAL = {f"/api/v1/auth/{que}" for que in ("login", "refresh", "forgot-password", "reset-password")}


def test_toda_operacion_pide_credencial_y_dice_cuales_valen(esquema: dict[str, Any]) -> None:
    assert set(esquema["components"]["securitySchemes"]) == CREDENCIALES
    for ruta, metodo, operacion in operaciones(esquema):
        usa = {nombre for opcion in operacion.get("security", []) for nombre in opcion}
        assert usa == (set() if ruta in SIN_CREDENCIAL else CREDENCIALES), (ruta, metodo)


def test_toda_operacion_del_libro_documenta_sus_estados(esquema: dict[str, Any]) -> None:
    for ruta, metodo, operacion in del_libro(esquema):
        estados = set(operacion["responses"])
        assert estados & {"200", "201"}, (ruta, metodo)
        assert estados >= {"401", "403", "422", "429", "500", "503"}, (ruta, metodo)
        if "{id}" in ruta:
            assert "404" in estados, (ruta, metodo)
        if metodo == "post":
            assert estados >= {"404", "409", "413", "415"}, (ruta, metodo)
            assert "example" in str(operacion["requestBody"]), (ruta, metodo)
            nombres = {parametro["name"] for parametro in operacion["parameters"]}
            assert "Idempotency-Key" in nombres, (ruta, metodo)
        for estado, respuesta in operacion["responses"].items():
            if int(estado) >= 400:
                forma = respuesta["content"]["application/json"]["schema"]
                assert forma == {"$ref": "#/components/schemas/Sobre"}, (ruta, metodo, estado)


def test_los_ejemplos_son_objetos_o_listas_de_objetos(esquema: dict[str, Any]) -> None:
    vistos = 0
    for ruta, metodo, operacion in del_libro(esquema):
        cuerpo = operacion["responses"].get("200", {}).get("content", {}).get("application/json", {})
        for ejemplo in cuerpo.get("examples", {}).values():
            valor = ejemplo["value"]
            valores = valor if isinstance(valor, list) else [valor]
            assert [type(valor) for valor in valores] == [dict], (ruta, metodo)
            vistos += 1
    assert vistos >= 4


@pytest.mark.django_db
def test_lo_que_responde_una_lista_es_lo_que_dice_el_esquema(
    esquema: dict[str, Any], cliente_api: ClienteApi
) -> None:
    producto = cliente_api.post("/api/v1/productos", {"nombre": "P", "sku": "P", "precio": 1}).json()
    entrada = {"producto_id": producto["id"], "cantidad_recibida": 2, "fecha_vencimiento": None}
    lote = cliente_api.post("/api/v1/inventario/entradas", entrada).json()
    linea = cliente_api.get("/api/v1/inventario/movimientos").json()[0]
    asiento = cliente_api.get(f"/api/v1/inventario/asientos/{linea['asiento_id']}").json()
    existencia = cliente_api.get("/api/v1/inventario/existencias").json()[0]
    formas = esquema["components"]["schemas"]
    for forma, hecho in (
        ("Lote", lote),
        ("Movimiento", linea),
        ("AsientoConLineas", asiento),
        ("ExistenciasDeProducto", existencia),
    ):
        assert set(formas[forma]["properties"]) == set(hecho), forma
        assert set(formas[forma]["required"]) == set(hecho), forma


def test_toda_operacion_del_contrato_ingles_documenta_sus_estados(esquema: dict[str, Any]) -> None:
    """Los cuerpos de error son los suyos y ninguno falta: quien prueba con el esquema lo nota."""
    raices = ("/api/v1/inventory/", "/api/v1/units")
    del_contrato = [una for una in operaciones(esquema) if una[0].startswith(raices)]
    assert len(del_contrato) >= 35
    propios = {"422": "ValidationErrorBody", "429": "RateLimitBody", "500": "InternalErrorBody"}
    for ruta, metodo, operacion in del_contrato:
        estados = set(operacion["responses"])
        assert len(estados & {"200", "201", "204"}) == 1, (ruta, metodo)
        assert estados >= {"401", "403", "422", "429", "500", "503"}, (ruta, metodo)
        if metodo != "get":
            assert estados >= {"409", "413", "415"}, (ruta, metodo)
        if metodo == "post":
            nombres = {parametro["name"] for parametro in operacion["parameters"]}
            assert "Idempotency-Key" in nombres, (ruta, metodo)
        if "_id}" in ruta:
            assert "404" in estados, (ruta, metodo)
        for estado, nombre in propios.items():
            forma = operacion["responses"][estado]["content"]["application/json"]["schema"]
            assert forma == {"$ref": f"#/components/schemas/{nombre}"}, (ruta, metodo, estado)
