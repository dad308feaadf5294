"""Páginas por salto y por cursor."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from inventario.borde.paginacion import PorCursor
from inventario.borde.tests.test_errores import exigir_sobre
from inventario.cuentas.models import Bodega, Empresa
from inventario.eventos.models import Evento
from inventario.nucleo.tests.fabricas import BodegaFabrica
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = [pytest.mark.django_db, pytest.mark.urls("inventario.borde.tests.urls_de_prueba")]

RUTA = "/api/v1/bodegas"


@pytest.fixture
def ids(alcance: Empresa) -> list[int]:
    """Siete bodegas, por id."""
    BodegaFabrica.create_batch(6, empresa=alcance)
    return list(Bodega.objects.order_by("id").values_list("id", flat=True))


def enlaces(respuesta: Any) -> dict[str, str]:
    return {
        rel: url
        for url, rel in re.findall(r'<http://testserver([^>]+)>; rel="(\w+)"', respuesta.get("Link", ""))
    }


def vistos(respuesta: Any) -> list[int]:
    assert respuesta.status_code == 200, respuesta.content
    return [fila["id"] for fila in respuesta.json()]


def test_saltar_devuelve_la_pagina_el_total_y_los_enlaces(cliente_api: ClienteApi, ids: list[int]) -> None:
    respuesta = cliente_api.get(RUTA + "?" + urlencode({"skip": 2, "limit": 3, "otro": "á"}))
    assert vistos(respuesta) == ids[2:5]
    assert respuesta["X-Total-Count"] == "7"
    assert set(enlaces(respuesta)) == {"next", "prev"}
    assert vistos(cliente_api.get(enlaces(respuesta)["next"])) == ids[5:]
    assert vistos(cliente_api.get(enlaces(respuesta)["prev"])) == ids[:3]
    assert "otro=%C3%A1" in enlaces(respuesta)["next"]


def test_saltar_sin_parametros_usa_cien(cliente_api: ClienteApi, ids: list[int]) -> None:
    respuesta = cliente_api.get(RUTA)
    assert vistos(respuesta) == ids
    assert "Link" not in respuesta


def test_saltar_mas_alla_devuelve_vacio(cliente_api: ClienteApi, ids: list[int]) -> None:
    respuesta = cliente_api.get(RUTA + "?" + urlencode({"skip": 1_000_000}))
    assert vistos(respuesta) == []
    assert respuesta["X-Total-Count"] == "7"


@pytest.mark.parametrize(
    ("consulta", "campos"),
    [
        ({"skip": "-1"}, ["skip"]),
        ({"limit": "0"}, ["limit"]),
        ({"limit": "501"}, ["limit"]),
        ({"limit": "-1", "skip": "x"}, ["skip", "limit"]),
        ({"limit": "1.5"}, ["limit"]),
        ({"limit": "9" * 100}, ["limit"]),
        ({"skip": "10000000000"}, ["skip"]),
        ({"skip": "true"}, ["skip"]),
        ({"cursor": "", "limit": "201"}, ["limit"]),
    ],
)
def test_pedir_una_pagina_imposible_responde_422(
    cliente_api: ClienteApi, consulta: dict[str, str], campos: list[str]
) -> None:
    cuerpo = exigir_sobre(cliente_api.get(RUTA, consulta), 422, "validacion")
    assert [error["campo"] for error in cuerpo["errores"]] == campos
    assert {error["ubicacion"] for error in cuerpo["errores"]} == {"query"}


def test_seguir_el_cursor_recorre_todo_y_vuelve(
    cliente_api: ClienteApi, ids: list[int], alcance: Empresa
) -> None:
    primera = cliente_api.get(RUTA + "?" + urlencode({"cursor": "", "limit": 3}))
    assert vistos(primera) == ids[:3]
    assert set(enlaces(primera)) == {"next"}
    assert "X-Total-Count" not in primera
    segunda = cliente_api.get(enlaces(primera)["next"])
    assert vistos(segunda) == ids[3:6]
    nueva = BodegaFabrica.create(empresa=alcance)
    Bodega.objects.filter(pk=ids[4]).delete()
    tercera = cliente_api.get(enlaces(segunda)["next"])
    assert vistos(tercera) == [ids[6], nueva.pk]
    assert set(enlaces(tercera)) == {"prev"}
    de_vuelta = cliente_api.get(enlaces(tercera)["prev"])
    assert vistos(de_vuelta) == [ids[2], ids[3], ids[5]]
    assert vistos(cliente_api.get(enlaces(de_vuelta)["prev"])) == ids[:2]
    assert set(enlaces(cliente_api.get(enlaces(de_vuelta)["prev"]))) == {"next"}


def test_seguir_un_cursor_alterado_responde_422(cliente_api: ClienteApi, ids: list[int]) -> None:
    bueno = re.search(
        r"cursor=([^&]+)",
        enlaces(cliente_api.get(RUTA + "?" + urlencode({"cursor": "", "limit": 3})))["next"],
    )
    assert bueno is not None
    texto = unquote(bueno[1])
    ajeno = Signer(salt="cursor:OtraVista:id").sign_object(["s", 1])
    for malo in (texto[:-1], texto.swapcase(), "x", "MQ==", '["s",1]', ajeno, "a" * 9000, "ñ"):
        cuerpo = exigir_sobre(cliente_api.get(RUTA + "?" + urlencode({"cursor": malo})), 422, "validacion")
        assert cuerpo["errores"][0]["campo"] == "cursor"
    assert vistos(cliente_api.get(RUTA + "?" + urlencode({"cursor": texto}))) == ids[3:]


def test_seguir_el_cursor_no_cuenta_ni_salta(cliente_api: ClienteApi, ids: list[int]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as consultas:
        cliente_api.get(RUTA + "?" + urlencode({"cursor": "", "limit": 2}))
    lista = [c["sql"] for c in consultas if "ORDER BY" in c["sql"] and "LIMIT 3" in c["sql"]]
    assert len(lista) == 1
    assert not any("COUNT(" in c["sql"] or "OFFSET" in c["sql"] for c in consultas)


class _PorFecha(APIView):
    orden_cursor = ("-creado_en", "-id")


def test_seguir_el_cursor_por_fecha_desempata_por_id(alcance: Empresa) -> None:
    ahora = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
    for minutos in (0, 5, 5, 5, 5, 9, 9):
        evento = Evento.objects.create(empresa=alcance, tipo="x")
        Evento.objects.filter(pk=evento.pk).update(creado_en=ahora + timedelta(minutes=minutos))
    esperado = list(Evento.objects.order_by("-creado_en", "-id").values_list("id", flat=True))
    recorrido: list[int] = []
    de_vuelta: list[int] = []
    siguiente: str | None = "/?cursor=&limit=2"
    while siguiente:
        paginador = PorCursor()
        pagina = paginador.paginate_queryset(
            Evento.objects.all(), Request(APIRequestFactory().get(siguiente)), _PorFecha()
        )
        recorrido += [evento.pk for evento in pagina]
        hallados = enlaces(paginador.get_paginated_response([]))
        ultima, siguiente = hallados.get("prev"), hallados.get("next")
    assert recorrido == esperado
    assert ultima is not None
    while ultima:
        paginador = PorCursor()
        pagina = paginador.paginate_queryset(
            Evento.objects.all(), Request(APIRequestFactory().get(ultima)), _PorFecha()
        )
        de_vuelta = [evento.pk for evento in pagina] + de_vuelta
        ultima = enlaces(paginador.get_paginated_response([])).get("prev")
    assert de_vuelta == esperado[:6]
