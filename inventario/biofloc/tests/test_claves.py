"""Las claves de API de la empresa (§1.3, D31, D34)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inventario.biofloc.tests.ejemplos_de_cuentas import como_en
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import ClaveApi, Empresa, UsoDeClave, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.idempotencia.models import RespuestaGuardada
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con

pytestmark = pytest.mark.django_db

CLAVES = "/api/v1/api-keys"
CATEGORIAS = "/api/v1/inventory/categories"
DATOS = {
    "name": "Biofloc",
    "description": "For the tanks",
    "scopes": ["inventory:read", "inventory:write"],
    "expires_in_days": 30,
}


@pytest.fixture
def cliente(usuario: Usuario) -> ClienteApi:
    """Ana, que administra la empresa, con su token."""
    return entrar("ana@acme.ec")


def entrar(correo: str) -> ClienteApi:
    datos = {"email": correo, "password": "clave-de-prueba"}
    return cliente_con(ClienteApi().post("/api/v1/auth/login", datos).json()["access_token"])


def crear(cliente: ClienteApi, **cambios: Any) -> Any:
    return cliente.post(CLAVES, {**DATOS, **cambios})


@pytest.mark.parametrize("barra", ["", "/"])
def test_crear_muestra_la_clave_una_vez_y_sirve(cliente: ClienteApi, usuario: Usuario, barra: str) -> None:
    creada = como_en("api keys, created", cliente.post(f"{CLAVES}{barra}", DATOS))
    como_en("api keys", cliente.get(f"{CLAVES}{barra}"))
    assert creada["user_id"] == str(usuario.pk)
    assert creada["api_key"].startswith(creada["key_prefix"][:12])
    vence = ClaveApi.objects.get().vence_en
    assert vence is not None
    assert timedelta(days=29, hours=23) < vence - timezone.now() <= timedelta(days=30)
    con_clave = cliente_con(creada["api_key"])
    assert con_clave.get(CATEGORIAS).status_code == 200
    assert con_clave.post(CATEGORIAS, {"category_name": "Probiotics"}).status_code == 201
    assert cliente.get(CLAVES).json()[0]["last_used_at"].endswith("Z")


def test_crear_con_lo_minimo(cliente: ClienteApi) -> None:
    creada = cliente.post(
        CLAVES, {"name": "x", "scopes": ["*:*"], "description": "", "expires_in_days": None}
    )
    assert creada.status_code == 201
    assert (creada.json()["description"], creada.json()["expires_at"]) == (None, None)


def test_crear_mal_no_crea_nada(cliente: ClienteApi) -> None:
    como_en("api keys, unknown scope", crear(cliente, scopes=["inventory:read", "tickets:read"]))
    como_en("api keys, no scope", crear(cliente, scopes=[]))
    for cambio, campo in (
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": None}, "name"),
        ({"scopes": "inventory:read"}, "scopes"),
        ({"scopes": None}, "scopes"),
        ({"scopes": [7]}, "scopes -> 0"),
        ({"scopes": {"a": 1}}, "scopes"),
        ({"scopes": ["inventory:read"] * 51}, "scopes"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 366}, "expires_in_days"),
        ({"expires_in_days": "1.5"}, "expires_in_days"),
        ({"expires_in_days": True}, "expires_in_days"),
    ):
        respuesta = crear(cliente, **cambio)
        assert respuesta.status_code == 422, cambio
        assert respuesta.json()["errors"][0]["field"] == f"body -> {campo}"
    assert not ClaveApi.objects.exists()


def test_crear_dos_veces_con_la_misma_idempotency_key_no_guarda_la_clave(
    cliente: ClienteApi, empresa: Empresa
) -> None:
    una, otra = (cliente.post(CLAVES, DATOS, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))
    assert una.json()["api_key"] != otra.json()["api_key"]
    with en_empresa(empresa):
        assert not RespuestaGuardada.objects.exists()


def test_revocar_la_apaga_y_deja_rastro(cliente: ClienteApi) -> None:
    creada = crear(cliente).json()
    pk = creada["id"]
    como_en("api keys, deleted", cliente.delete(f"{CLAVES}/{pk}"))
    assert cliente_con(creada["api_key"]).get(CATEGORIAS).status_code == 401
    assert cliente.get(CLAVES).json() == []
    todas = cliente.get(f"{CLAVES}/admin/all").json()
    assert [(clave["id"], clave["is_active"]) for clave in todas] == [(pk, False)]
    for ruta in (f"{pk}", f"{pk}/", f"admin/{pk}", "999999", "0"):
        como_en("api keys, not found", cliente.delete(f"{CLAVES}/{ruta}"))
    assert cliente.get(f"{CLAVES}/{pk}/usage").status_code == 200
    otra = crear(cliente).json()["id"]
    como_en("api keys, deleted", cliente.delete(f"{CLAVES}/admin/{otra}/"))


def test_los_usos_dicen_que_se_pidio_y_como_fue(cliente: ClienteApi) -> None:
    creada = crear(cliente, scopes=["inventory:read"]).json()
    con_clave = cliente_con(creada["api_key"])
    con_clave.get(CATEGORIAS)
    con_clave.post(CATEGORIAS, {"category_name": "x"})
    usos = f"{CLAVES}/{creada['id']}/usage"
    como_en("api keys, usage", cliente.get(usos))
    assert [uso["method"] for uso in cliente.get(f"{usos}/?limit=1").json()] == ["POST"]
    assert len(cliente.get(f"{usos}?limit=5000").json()) == 2
    for malo in ("0", "-1", "x", "", "1.5"):
        assert cliente.get(f"{usos}?limit={malo}").status_code == 422
    assert UsoDeClave.objects.count() == 2


def test_los_usos_no_cuestan_consultas(
    cliente: ClienteApi, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    con_clave = cliente_con(crear(cliente).json()["api_key"])
    con_clave.get("/api/v1/units")
    with django_assert_max_num_queries(15) as medidas:
        con_clave.get("/api/v1/units")
    assert not [m for m in medidas.captured_queries if "usodeclave" in m["sql"].lower()]


def test_los_alcances_que_hay(cliente: ClienteApi) -> None:
    como_en("api keys, scopes", cliente.get(f"{CLAVES}/scopes/available"))
    como_en("api keys, scopes", cliente.get(f"{CLAVES}/scopes/available/"))


def test_solo_con_dashboard_read_no_se_lee_el_inventario(cliente: ClienteApi) -> None:
    con_clave = cliente_con(crear(cliente, scopes=["dashboard:read"]).json()["api_key"])
    respuesta = con_clave.get("/api/v1/inventory/items")
    assert respuesta.status_code == 403
    assert respuesta.json() == {"detail": "Not enough permissions: inventory:read is required"}


PETICIONES = (
    ("get", ""),
    ("post", ""),
    ("delete", "/1"),
    ("get", "/1/usage"),
    ("get", "/scopes/available"),
    ("get", "/admin/all"),
    ("delete", "/admin/1"),
)


@pytest.mark.parametrize(("metodo", "ruta"), PETICIONES)
def test_solo_quien_administra_y_con_su_token(
    metodo: str, ruta: str, cliente_api: ClienteApi, cliente_anonimo: ClienteApi, empresa: Empresa
) -> None:
    def pedir(quien: ClienteApi) -> Any:
        return getattr(quien, metodo)(f"{CLAVES}{ruta}", {} if metodo == "post" else None)

    como_en("no token", pedir(cliente_anonimo))
    como_en("key where a person is needed", pedir(cliente_api))
    supervisor = Usuario.objects.create_user("sol@acme.ec", "clave-de-prueba")
    agregar_miembro(empresa=empresa, usuario=supervisor, rol=Rol.SUPERVISOR)
    como_en("api keys, not allowed", pedir(entrar("sol@acme.ec")))


def test_las_claves_de_otra_empresa_no_existen(cliente: ClienteApi, otra_empresa: Empresa) -> None:
    ajena, _ = crear_clave_api(empresa=otra_empresa, nombre="x", alcances=["*:*"])
    assert cliente.get(CLAVES).json() == []
    assert cliente.get(f"{CLAVES}/admin/all").json() == []
    como_en("api keys, not found", cliente.delete(f"{CLAVES}/{ajena.pk}"))
    como_en("api keys, not found", cliente.delete(f"{CLAVES}/admin/{ajena.pk}"))
    como_en("api keys, not found", cliente.get(f"{CLAVES}/{ajena.pk}/usage"))
    ajena.refresh_from_db()
    assert ajena.revocada_en is None


def test_un_nombre_que_no_se_puede_imprimir_se_niega_con_un_tipo_del_contrato(cliente: ClienteApi) -> None:
    respuesta = crear(cliente, name="clave\u202e")
    assert respuesta.status_code == 422
    assert respuesta.json()["errors"] == [
        {
            "field": "body -> name",
            "message": "String should only have printable characters",
            "type": "value_error",
        }
    ]


@pytest.mark.parametrize("malo", ["x", "1.5", "٣", "admin"])
def test_un_id_que_no_es_entero_responde_422(cliente: ClienteApi, malo: str) -> None:
    respuesta = cliente.delete(f"{CLAVES}/{malo}")
    assert respuesta.status_code == 422
    assert respuesta.json()["errors"][0]["field"] == "path -> key_id"
