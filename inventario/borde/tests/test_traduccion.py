"""Cada excepción, a su sobre: lo que ninguna vista de prueba provoca sola."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from redis.exceptions import ConnectionError as RedisCaido
from rest_framework import exceptions

from inventario.borde.errores import manejar
from inventario.cuentas.models import Empresa
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto


def traducido(error: Exception) -> tuple[int, dict[str, Any]]:
    respuesta = manejar(error, {})
    return respuesta.status_code, respuesta.data


@pytest.mark.parametrize(
    ("error", "estado", "codigo"),
    [
        (RequestDataTooBig("secreto"), 413, "cuerpo_demasiado_grande"),
        (SuspiciousOperation("secreto"), 400, "solicitud_invalida"),
        (ProtectedError("secreto", set()), 409, "tiene_dependencias"),
        (exceptions.PermissionDenied("No puede."), 403, "sin_permiso"),
        (exceptions.PermissionDenied(), 403, "sin_permiso"),
        (exceptions.NotFound(), 404, "no_encontrado"),
    ],
)
def test_traducir_lo_de_fuera(error: Exception, estado: int, codigo: str) -> None:
    obtenido, cuerpo = traducido(error)
    assert (obtenido, cuerpo["codigo"]) == (estado, codigo)
    assert "secreto" not in str(cuerpo)


def test_traducir_errores_anidados_da_su_ruta() -> None:
    estado, cuerpo = traducido(
        exceptions.ValidationError(
            {"lineas": [{}, {"cantidad": ["Mal.", "Peor."]}], "non_field_errors": ["Falta una."], "x": "No."}
        )
    )
    assert estado == 422
    assert [(e["campo"], e["mensaje"]) for e in cuerpo["errores"]] == [
        ("lineas.1.cantidad", "Mal."),
        ("lineas.1.cantidad", "Peor."),
        ("", "Falta una."),
        ("x", "No."),
    ]
    assert cuerpo["detail"] == "Hay 3 campos con errores."
    assert traducido(exceptions.ValidationError({"x": ["A.", "B."]}))[1]["detail"] == "A. B."


def test_traducir_validacion_de_modelo() -> None:
    estado, cuerpo = traducido(ValidationError({"nombre": ["Muy largo."], "__all__": ["Choca."]}))
    assert estado == 422
    assert [(e["campo"], e["mensaje"]) for e in cuerpo["errores"]] == [
        ("nombre", "Muy largo."),
        ("", "Choca."),
    ]
    assert traducido(ValidationError("Solo esto."))[1]["detail"] == "Solo esto."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cambio", "estado", "codigo"),
    [
        ({"sku": "A", "sku_normalizado": "a"}, 409, "sku_duplicado"),
        ({"precio": -1}, 422, "validacion"),
        ({"nombre": ""}, 422, "validacion"),
        ({"stock_minimo": -1}, 422, "validacion"),
    ],
)
def test_traducir_una_restriccion_de_la_base(
    alcance: Empresa, cambio: dict[str, Any], estado: int, codigo: str
) -> None:
    ProductoFabrica.create(empresa=alcance, sku="A")
    otro = ProductoFabrica.create(empresa=alcance, sku="B")
    with pytest.raises(IntegrityError) as fallo, transaction.atomic():
        Producto.objects.filter(pk=otro.pk).update(**cambio)
    obtenido, cuerpo = traducido(fallo.value)
    assert (obtenido, cuerpo["codigo"]) == (estado, codigo)
    assert "producto" not in cuerpo["detail"].replace("otro producto", "")
    assert connection.is_usable()


@pytest.mark.django_db
@pytest.mark.urls("inventario.borde.tests.urls_de_prueba")
def test_sin_cache_se_atiende_igual_y_cada_proceso_cuenta_lo_suyo(
    cliente_api: ClienteApi, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def caida(*_: Any, **__: Any) -> None:
        raise RedisCaido("secreto")

    settings.LIMITE_POR_CLAVE = 2
    monkeypatch.setattr(cache, "add", caida)
    assert [cliente_api.get("/api/v1/quien").status_code for _ in range(3)] == [200, 200, 429]
