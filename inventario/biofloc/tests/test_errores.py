"""De una excepción cualquiera al estado y al cuerpo del contrato (§1.6)."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError
from django.http import Http404
from rest_framework import exceptions

from inventario.biofloc.errores import DETALLE_POR_ESTADO, Rechazo, estado_de, frase_de, manejar
from inventario.borde.tests.errores_de_base import con_causa
from inventario.cuentas.permisos import Permiso
from inventario.idempotencia.services import ClaveEnCurso
from inventario.nucleo.errores import Conflicto, DatoInvalido, Detalle, NoEncontrado, ReglaRota, SinPermiso
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.errores import ProductoInactivo, SkuDuplicado


class VistaDeEjemplo:
    frases = {NoEncontrado: "Item not found", ReglaRota: lambda error: f"Broken: {error.datos['n']}"}
    nombres = {"cantidad": "quantity", "lineas": "items"}


def traducir(error: Exception) -> tuple[int, dict[str, Any]]:
    respuesta = manejar(error, {"view": VistaDeEjemplo(), "request": None})
    assert "secreto" not in str(respuesta.data)
    return respuesta.status_code, respuesta.data


@pytest.mark.parametrize(
    ("error", "estado", "detalle"),
    [
        (NoEncontrado("secreto"), 404, "Item not found"),
        (ReglaRota("secreto", n=3), 400, "Broken: 3"),
        (Conflicto("secreto"), 400, "The request could not be completed"),
        (SkuDuplicado("A-1"), 400, "SKU 'A-1' already exists"),
        (
            ClaveEnCurso("secreto"),
            409,
            "Another request with the same Idempotency-Key is in progress, try again",
        ),
        (SinPermiso("secreto"), 403, "Not enough permissions"),
        (
            SinPermiso("secreto", permisos=[Permiso.VER]),
            403,
            "Not enough permissions: inventory:read is required",
        ),
        (Http404("secreto"), 404, "Not Found"),
        (PermissionDenied("secreto"), 403, "Not enough permissions"),
        (IntegrityError("secreto"), 400, "The request conflicts with existing data"),
        (exceptions.NotAuthenticated(), 401, "Not authenticated"),
        (exceptions.AuthenticationFailed("secreto"), 401, "Invalid, expired or revoked credentials"),
        (exceptions.MethodNotAllowed("PATCH"), 405, "Method Not Allowed"),
        (exceptions.NotAcceptable(), 406, "Only application/json is available"),
        (con_causa(psycopg.OperationalError("secreto")), 503, DETALLE_POR_ESTADO[503]),
    ],
)
def test_traducir_da_el_estado_y_una_frase_en_ingles(error: Exception, estado: int, detalle: str) -> None:
    assert traducir(error) == (estado, {"detail": detalle})


def test_lo_que_se_retiro_mientras_se_esperaba_se_nombra() -> None:
    error = ProductoInactivo("secreto")
    assert (estado_de(error), frase_de(error)) == (400, "Item is inactive")


def test_traducir_lo_imprevisto_no_cuenta_nada(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert traducir(RuntimeError("secreto")) == (
            500,
            {"detail": "Internal server error", "message": "The error was recorded"},
        )
    assert "secreto" in caplog.text


def test_traducir_lo_propio_lleva_sus_claves() -> None:
    assert traducir(Rechazo(400, "No", results=[], transaction_ids=[])) == (
        400,
        {"detail": "No", "results": [], "transaction_ids": []},
    )


def test_traducir_un_dato_del_dominio_nombra_el_campo_del_contrato() -> None:
    error = DatoInvalido(
        "secreto",
        campo="cantidad",
        detalles=[
            Detalle("lineas.2.cantidad", "min_value", "secreto"),
            Detalle("otro", "raro", "secreto", (("ubicacion", "query"),)),
        ],
    )
    assert traducir(error) == (
        422,
        {
            "detail": "Validation error",
            "errors": [
                {
                    "field": "body -> items -> 2 -> quantity",
                    "message": "Input is below the minimum",
                    "type": "greater_than_equal",
                },
                {"field": "query -> otro", "message": "Input is not valid", "type": "raro"},
            ],
        },
    )


def test_traducir_lo_que_la_base_no_guarda_es_un_dato_malo() -> None:
    estado, cuerpo = traducir(DataError("secreto"))
    assert (estado, cuerpo["detail"]) == (422, "Validation error")
    assert cuerpo["errors"] == [
        {"field": "body", "message": "A value is out of range", "type": "value_error"}
    ]


@pytest.mark.django_db
def test_pasar_el_cupo_responde_429_con_cuanto_esperar(cliente_api: ClienteApi, settings: Any) -> None:
    cache.clear()
    settings.LIMITE_POR_CLAVE = 1
    ruta = "/api/v1/inventory/items"
    assert cliente_api.get(ruta).status_code == 200
    respuesta = cliente_api.get(ruta)
    assert respuesta.status_code == 429
    espera = int(respuesta["Retry-After"])
    assert 1 <= espera <= 60
    assert respuesta.json() == {"detail": "Too many requests", "retry_after": espera}
