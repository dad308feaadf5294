"""El sobre de error (§1.3): uno solo, en español, para todo lo que no es 2xx."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from inventario.borde.tests.errores_de_base import conexion_perdida
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con

pytestmark = [pytest.mark.django_db, pytest.mark.urls("inventario.borde.tests.urls_de_prueba")]


def exigir_sobre(respuesta: Any, estado: int, codigo: str) -> dict[str, Any]:
    assert respuesta.status_code == estado, respuesta.content
    assert respuesta["Content-Type"].startswith("application/json")
    cuerpo: dict[str, Any] = respuesta.json()
    assert set(cuerpo) == {"detail", "codigo", "errores", "request_id"}
    assert cuerpo["codigo"] == codigo
    assert isinstance(cuerpo["detail"], str)
    assert cuerpo["detail"][-1] in ".!)"
    assert cuerpo["request_id"] == respuesta["X-Request-ID"]
    return cuerpo


@pytest.mark.parametrize(
    ("cual", "estado", "codigo"),
    [
        ("dato", 422, "validacion"),
        ("regla", 400, "regla_rota"),
        ("no_encontrado", 404, "no_encontrado"),
        ("conflicto", 409, "conflicto"),
        ("permiso", 403, "sin_permiso"),
        ("http404", 404, "no_encontrado"),
        ("denegado", 403, "sin_permiso"),
        ("datos", 422, "validacion"),
        ("integridad", 409, "conflicto"),
        ("caida", 503, "no_disponible"),
        ("imprevisto", 500, "error_interno"),
    ],
)
def test_fallar_responde_el_sobre_y_no_cuenta_de_mas(
    cliente_api: ClienteApi, cual: str, estado: int, codigo: str
) -> None:
    cliente_api.raise_request_exception = False
    for metodo in (cliente_api.get, cliente_api.post):
        respuesta = metodo(f"/api/v1/falla/{cual}")
        cuerpo = exigir_sobre(respuesta, estado, codigo)
        for ajeno in ("secreto", "SELECT", "matches", "constraint", "Traceback"):
            assert ajeno not in str(cuerpo)


def test_fallar_por_regla_lleva_sus_cifras(cliente_api: ClienteApi) -> None:
    cuerpo = exigir_sobre(cliente_api.post("/api/v1/falla/regla"), 400, "regla_rota")
    assert cuerpo["errores"] == [
        {
            "campo": "",
            "ubicacion": "body",
            "codigo": "regla_rota",
            "mensaje": "Stock insuficiente.",
            "sku": "A",
            "disponible": 1.5,
            "vencido": 0,
        }
    ]


def test_fallar_por_dato_nombra_el_campo_y_donde_estaba(cliente_api: ClienteApi) -> None:
    en_cuerpo = cliente_api.post("/api/v1/falla/dato").json()["errores"]
    en_consulta = cliente_api.get("/api/v1/falla/dato").json()["errores"]
    esperado = {"campo": "cantidad", "codigo": "min_value", "mensaje": "Debe ser mayor que cero."}
    assert en_cuerpo == [{**esperado, "ubicacion": "body"}]
    assert en_consulta == [{**esperado, "ubicacion": "query"}]


def test_fallar_sin_servicio_dice_cuando_volver(cliente_api: ClienteApi) -> None:
    assert cliente_api.get("/api/v1/falla/caida")["Retry-After"] == "5"


@pytest.mark.parametrize("ruta", ["/api/", "/api/v1/", "/api/v1/nada", "/api/v2/productos/3/", "/api/otra"])
@pytest.mark.parametrize("metodo", ["get", "post", "delete", "options"])
def test_pedir_una_direccion_desconocida_responde_el_sobre(
    cliente_anonimo: ClienteApi, ruta: str, metodo: str
) -> None:
    exigir_sobre(getattr(cliente_anonimo, metodo)(ruta), 404, "no_encontrado")


def test_pedir_una_pagina_desconocida_responde_html_en_espanol(client: Client) -> None:
    respuesta = client.get("/no-hay")
    assert respuesta.status_code == 404
    assert respuesta["Content-Type"].startswith("text/html")
    assert "No existe lo que busca." in respuesta.content.decode()


def test_usar_otro_metodo_dice_cuales_hay(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.put("/api/v1/bodegas", {})
    exigir_sobre(respuesta, 405, "metodo_no_permitido")
    assert respuesta["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_pedir_otro_formato_responde_406(cliente_api: ClienteApi) -> None:
    exigir_sobre(cliente_api.get("/api/v1/bodegas", HTTP_ACCEPT="text/csv"), 406, "formato_no_disponible")


@pytest.mark.parametrize(
    "tipo", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""]
)
def test_mandar_otro_tipo_de_cuerpo_responde_415(cliente_api: ClienteApi, tipo: str) -> None:
    respuesta = cliente_api.crudo("/api/v1/bodegas", b"codigo=x", tipo=tipo)
    exigir_sobre(respuesta, 415, "tipo_no_soportado")


@pytest.mark.parametrize(
    "cuerpo",
    [
        b'{"codigo": "a"',
        b"",
        b"nada",
        b'{"codigo": NaN}',
        b'{"cantidad": Infinity}',
        b'{"cantidad": 1e400}',
        b'{"cantidad": 1e-99999999999999999999}',
        b'{"cantidad": ' + b"9" * 5000 + b"}",
        b'{"codigo": "a\\u0000b"}',
        b'{"codigo": "\\ud800"}',
        b'{"\\u0000": 1}',
        b'{"codigo": "a", "codigo": "b"}',
        b'{"codigo": ' + b"[" * 30 + b"]" * 30 + b"}",
        b"[" * 100_000,
        b'{"codigo": "\xff"}',
        b'{"codigo": "a\x01"}',
        b"[]",
        b"7",
        b"null",
        b'"texto"',
    ],
    ids=lambda cuerpo: ascii(cuerpo[:30]),
)
def test_mandar_un_cuerpo_imposible_responde_422(cliente_api: ClienteApi, cuerpo: bytes) -> None:
    respuesta = cliente_api.crudo("/api/v1/bodegas", cuerpo)
    exigir_sobre(respuesta, 422, "validacion")
    assert [b["codigo"] for b in cliente_api.get("/api/v1/bodegas").json()] == ["principal"]


def test_mandar_un_cuerpo_enorme_responde_413(cliente_api: ClienteApi) -> None:
    cuerpo = b'{"codigo": "' + b"a" * (1024 * 1024) + b'"}'
    respuesta = cliente_api.crudo("/api/v1/bodegas", cuerpo)
    exigir_sobre(respuesta, 413, "cuerpo_demasiado_grande")


def test_mandar_varios_campos_mal_los_dice_todos(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.post("/api/v1/bodegas", {"cantidad": -1, "veces": True})
    cuerpo = exigir_sobre(respuesta, 422, "validacion")
    assert cuerpo["detail"] == "Hay 3 campos con errores."
    assert cuerpo["errores"] == [
        {
            "campo": "codigo",
            "ubicacion": "body",
            "codigo": "required",
            "mensaje": "Este dato es obligatorio.",
        },
        {
            "campo": "cantidad",
            "ubicacion": "body",
            "codigo": "min_value",
            "mensaje": "Debe ser mayor que cero.",
        },
        {"campo": "veces", "ubicacion": "body", "codigo": "invalid", "mensaje": "Debe ser un número entero."},
    ]


def test_pedir_un_id_que_no_es_numero_responde_422(cliente_api: ClienteApi) -> None:
    for pk in ("abc", "1.5", "٣"):
        cuerpo = exigir_sobre(cliente_api.get(f"/api/v1/bodegas/{pk}"), 422, "validacion")
        assert cuerpo["errores"][0]["ubicacion"] == "path"


@pytest.mark.parametrize("pk", ["0", "-1", "999999", str(2**63), "9" * 40])
def test_pedir_un_id_que_no_hay_responde_404(cliente_api: ClienteApi, pk: str) -> None:
    exigir_sobre(cliente_api.get(f"/api/v1/bodegas/{pk}"), 404, "no_encontrado")


def test_mandar_un_nulo_en_la_direccion_responde_422(cliente_api: ClienteApi) -> None:
    exigir_sobre(cliente_api.get("/api/v1/bodegas?buscar=a%00b"), 422, "validacion")


def test_violar_una_restriccion_conocida_responde_409(cliente_api: ClienteApi) -> None:
    cuerpo = exigir_sobre(cliente_api.post("/api/v1/bodegas", {"codigo": "PRINCIPAL"}), 409, "conflicto")
    assert cuerpo["detail"] == "Ya existe un registro con esos datos."


@pytest.mark.parametrize("cabeceras", [{}, {"HTTP_AUTHORIZATION": "Basic YTpi"}, {"HTTP_X_API_KEY": ""}])
def test_llamar_sin_credencial_responde_401(cliente_anonimo: ClienteApi, cabeceras: dict[str, str]) -> None:
    respuesta = cliente_anonimo.con(**cabeceras).get("/api/v1/bodegas")
    exigir_sobre(respuesta, 401, "no_autenticado")
    assert respuesta["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("clave", ["", "x", "sk_live_", "sk_live_" + "a" * 43, "ñ" * 10, "a" * 9000, "a.b.c"])
def test_llamar_con_una_clave_inventada_responde_401(cliente_anonimo: ClienteApi, clave: str) -> None:
    for cabeceras in ({"HTTP_AUTHORIZATION": f"Bearer {clave}"}, {"HTTP_X_API_KEY": clave or "x"}):
        respuesta = cliente_anonimo.con(**cabeceras).get("/api/v1/bodegas")
        exigir_sobre(respuesta, 401, "no_autenticado")
        assert respuesta["WWW-Authenticate"] == 'Bearer realm="api"'


def test_llamar_sin_el_alcance_responde_403_y_dice_cual(clave_de: Any) -> None:
    cliente = cliente_con(clave_de("inventory:read"))
    cuerpo = exigir_sobre(cliente.post("/api/v1/bodegas", {"codigo": "x"}), 403, "sin_permiso")
    assert cuerpo["detail"] == "No tiene permiso para catalogar."
    assert len(cliente.get("/api/v1/bodegas").json()) == 1


def test_llamar_a_una_accion_sin_permiso_declarado_se_niega(cliente_api: ClienteApi) -> None:
    exigir_sobre(cliente_api.delete("/api/v1/bodegas/1"), 403, "sin_permiso")


def test_rechazar_por_permiso_va_antes_que_el_cuerpo(clave_de: Any) -> None:
    cliente = cliente_con(clave_de("inventory:read"))
    respuesta = cliente.crudo("/api/v1/bodegas", b"{")
    exigir_sobre(respuesta, 403, "sin_permiso")


def test_fallar_deshace_lo_hecho(cliente_api: ClienteApi) -> None:
    exigir_sobre(cliente_api.post("/api/v1/bodegas", {"codigo": "falla"}), 400, "regla_rota")
    assert [b["codigo"] for b in cliente_api.get("/api/v1/bodegas").json()] == ["principal"]


def test_pasar_el_cupo_responde_429_y_cuando_volver(
    cliente_api: ClienteApi, cliente_anonimo: ClienteApi, settings: Any
) -> None:
    from django.core.cache import cache

    cache.clear()
    settings.LIMITE_POR_CLAVE, settings.LIMITE_ANONIMO = 2, 1
    assert [cliente_api.get("/api/v1/quien").status_code for _ in range(2)] == [200, 200]
    respuesta = cliente_api.get("/api/v1/quien")
    exigir_sobre(respuesta, 429, "limite_excedido")
    assert 1 <= int(respuesta["Retry-After"]) <= 60
    mala = {"HTTP_AUTHORIZATION": "Bearer sk_live_x"}
    assert cliente_anonimo.con(**mala).get("/api/v1/quien").status_code == 401
    # Decir que se viene de otra dirección no da cupo nuevo: sin intermediarios propios no se cree.
    forjada = cliente_anonimo.con(HTTP_X_FORWARDED_FOR="1.2.3.4", **mala).get("/api/v1/quien")
    exigir_sobre(forjada, 429, "limite_excedido")


def test_insistir_en_lo_que_no_se_puede_tambien_gasta_cupo(
    clave_de: Any, cliente_anonimo: ClienteApi, settings: Any
) -> None:
    from django.core.cache import cache

    cache.clear()
    settings.LIMITE_POR_CLAVE = settings.LIMITE_ANONIMO = 2
    sin_permiso = cliente_con(clave_de("inventory:read"))
    assert [sin_permiso.post("/api/v1/bodegas", {}).status_code for _ in range(3)] == [403, 403, 429]
    assert [cliente_anonimo.get("/api/v1/quien").status_code for _ in range(3)] == [401, 401, 429]


def test_caer_la_base_fuera_de_una_vista_tambien_responde_el_sobre(
    cliente_anonimo: ClienteApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def caida(*_: Any, **__: Any) -> None:
        raise conexion_perdida()

    monkeypatch.setattr("inventario.nucleo.solicitud.IdentificadorDeSolicitud.__call__", caida)
    cliente_anonimo.raise_request_exception = False
    respuesta = cliente_anonimo.get("/api/v1/quien")
    assert respuesta.status_code == 503
    assert respuesta.json()["codigo"] == "no_disponible"
    assert "server" not in respuesta.content.decode()
    monkeypatch.undo()


def test_equivocarse_muchas_veces_no_agota_nada(cliente_api: ClienteApi) -> None:
    """Cada rechazo suelta su transacción: el siguiente pedido bueno funciona."""
    for _ in range(20):
        assert cliente_api.post("/api/v1/bodegas", {"codigo": "principal"}).status_code == 409
    assert cliente_api.post("/api/v1/bodegas", {"codigo": "norte"}).status_code == 201
