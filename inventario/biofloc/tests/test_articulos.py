"""Lo que los ejemplos de artículos no pueden decir: proveedores, bodegas, otra empresa, cuánto cuesta."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Empresa
from inventario.movimientos.services import registrar_entrada
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import (
    BodegaFabrica,
    CategoriaFabrica,
    ProductoFabrica,
    ProveedorFabrica,
)
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con
from inventario.productos.models import Producto, Unidad

pytestmark = pytest.mark.django_db

ITEMS = "/api/v1/inventory/items"


def crear(cliente: ClienteApi, **campos: Any) -> Any:
    return cliente.post(ITEMS, {"item_name": "Crumble", "unit": "Kilogram", **campos})


def test_articulo_con_proveedor_lo_nombra_y_se_puede_quitar(
    cliente_api: ClienteApi, empresa: Empresa
) -> None:
    with en_empresa(empresa):
        delta = ProveedorFabrica.create(empresa=empresa, nombre="Delta Mills")
        cerrado = ProveedorFabrica.create(empresa=empresa, activo=False)
    articulo = crear(cliente_api, default_supplier_id=str(delta.pk)).json()
    assert (articulo["default_supplier_id"], articulo["default_supplier_name"]) == (delta.pk, "Delta Mills")
    ruta = f"{ITEMS}/{articulo['id']}"
    negado = cliente_api.put(ruta, {"default_supplier_id": cerrado.pk})
    assert (negado.status_code, negado.json()) == (400, {"detail": "Supplier is inactive"})
    sin = cliente_api.put(ruta, {"default_supplier_id": None}).json()
    assert (sin["default_supplier_id"], sin["default_supplier_name"]) == (None, None)


def test_articulo_dice_lo_que_hay_en_la_bodega_de_su_clave(
    cliente_api: ClienteApi, actor: Actor, empresa: Empresa
) -> None:
    with en_empresa(empresa):
        estanques = BodegaFabrica.create(empresa=empresa)
        producto = ProductoFabrica.create(empresa=empresa)
        assert actor.bodega is not None
        for bodega, cantidad in ((actor.bodega, "7.5"), (estanques, "2.0001")):
            registrar_entrada(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(cantidad))
        _, clave = crear_clave_api(
            empresa=empresa,
            nombre="Estanques",
            alcances=["inventory:read", "inventory:delete"],
            bodega=estanques,
        )
    ruta = f"{ITEMS}/{producto.pk}"
    assert cliente_api.get(ruta).json()["current_qty"] == "7.50"
    de_estanques = cliente_con(clave)
    assert de_estanques.get(ruta).json()["current_qty"] == "2.0001"
    # Para retirarlo cuenta lo que haya en cualquiera.
    negado = de_estanques.delete(ruta)
    assert negado.status_code == 400
    assert "9.5001 Kilogram in stock" in negado.json()["detail"]


def test_articulo_de_otra_empresa_no_existe(
    cliente_api: ClienteApi, cliente_ajeno: ClienteApi, empresa: Empresa, otra_empresa: Empresa
) -> None:
    pk = crear(cliente_api, sku="CR-12", category="Fish Feed").json()["id"]
    with en_empresa(otra_empresa):
        suya = CategoriaFabrica.create(empresa=otra_empresa, nombre="Suya")
        proveedor = ProveedorFabrica.create(empresa=otra_empresa)
    for metodo, ruta, cuerpo in (
        ("get", f"{ITEMS}/{pk}", None),
        ("put", f"{ITEMS}/{pk}", {"item_name": "Mío"}),
        ("delete", f"{ITEMS}/{pk}", None),
        ("delete", f"{ITEMS}/{pk}/permanent", None),
        ("post", f"{ITEMS}/{pk}/modules", {"module_name": "biofloc"}),
    ):
        respuesta = getattr(cliente_ajeno, metodo)(ruta, cuerpo)
        assert (respuesta.status_code, respuesta.json()) == (404, {"detail": "Item not found"}), ruta
    assert cliente_ajeno.get(ITEMS).json()["total"] == 0
    assert cliente_ajeno.get(f"{ITEMS}/{pk}/modules").json() == {"mappings": [], "total": 0}
    assert crear(cliente_api, category=suya.nombre).status_code == 400
    assert crear(cliente_api, default_supplier_id=proveedor.pk).status_code == 400
    assert crear(cliente_ajeno, sku="cr-12").status_code == 201
    assert cliente_api.get(f"{ITEMS}/{pk}").json()["item_name"] == "Crumble"


def test_listar_sin_pagina_da_hasta_quinientos_por_nombre(cliente_api: ClienteApi, empresa: Empresa) -> None:
    with en_empresa(empresa):
        unidad = ProductoFabrica.create(empresa=empresa, nombre="ñame").unidad
        nuevos = [
            Producto(empresa=empresa, unidad=unidad, nombre=f"P{n:03d}", sku=f"P{n}") for n in range(502)
        ]
        for producto in nuevos:
            producto.derivar()
        Producto.objects.bulk_create(nuevos)
    cuerpo = cliente_api.get(ITEMS).json()
    assert (len(cuerpo["items"]), cuerpo["total"], cuerpo["page"], cuerpo["limit"]) == (500, 503, 1, 500)
    assert [fila["item_name"] for fila in cuerpo["items"][:2]] == ["ñame", "P000"]
    segunda = cliente_api.get(f"{ITEMS}?page=2&limit=500").json()
    assert [fila["item_name"] for fila in segunda["items"]] == ["P499", "P500", "P501"]


def test_filtrar_por_categoria_no_mira_mayusculas_ni_con_tildes(
    cliente_api: ClienteApi, empresa: Empresa
) -> None:
    with en_empresa(empresa):
        categoria = CategoriaFabrica.create(empresa=empresa, nombre="Ácidos")
        ProductoFabrica.create(empresa=empresa, categoria=categoria)
    assert cliente_api.get(ITEMS, {"category": "áCIDOS"}).json()["total"] == 1
    assert cliente_api.get(ITEMS, {"category": "Acidos"}).json()["total"] == 0


@pytest.mark.parametrize(
    "ruta",
    [
        ITEMS,
        f"{ITEMS}?category=fish%20feed&is_active=true&page=1&limit=100",
        "/api/v1/inventory/categories",
        "/api/v1/units",
        "/api/v1/units/categories",
        "/api/v1/inventory/module/biofloc/items",
        "/api/v1/inventory/alerts/low-stock?module=biofloc",
        "/api/v1/inventory/alerts/expiry",
        "/api/v1/inventory/dashboard",
    ],
)
def test_leer_cuesta_lo_mismo_con_pocos_que_con_muchos(
    cliente_api: ClienteApi, actor: Actor, empresa: Empresa, ruta: str
) -> None:
    cuentas = []
    cliente_api.get(ruta)
    for cuantos in (2, 12):
        for n in range(cuantos):
            pk = crear(
                cliente_api, category="Fish Feed", reorder_threshold=9, item_name=f"P{cuantos}{n}"
            ).json()["id"]
            cliente_api.post(f"{ITEMS}/{pk}/modules", {"module_name": "biofloc"})
            cliente_api.post("/api/v1/inventory/categories", {"category_name": f"C{cuantos}{n}"})
            with en_empresa(empresa):
                assert actor.bodega is not None
                registrar_entrada(
                    actor=actor,
                    producto=Producto.objects.get(pk=pk),
                    bodega=actor.bodega,
                    cantidad=Decimal(2),
                    costo_unitario=Decimal(n),
                )
        with CaptureQueriesContext(connection) as consultas:
            assert cliente_api.get(ruta).status_code == 200
        cuentas.append(len(consultas))
    assert cuentas[0] == cuentas[1]
    # En PostgreSQL, tres son de reconocer la clave: la transacción y lo que le dice a la base.
    assert cuentas[1] <= 16


def test_crear_dos_veces_con_la_misma_clave_crea_uno(cliente_api: ClienteApi) -> None:
    clave: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": "una-vez"}
    cuerpo = {"item_name": "Crumble", "unit": "kg", "reorder_threshold": 1.5}
    primera, segunda = (cliente_api.post(ITEMS, cuerpo, **clave) for _ in range(2))
    assert (primera.status_code, segunda.status_code) == (201, 201)
    assert primera.content == segunda.content
    assert segunda["Idempotency-Replayed"] == "true"
    otra = cliente_api.post(ITEMS, {**cuerpo, "item_name": "Otro"}, **clave)
    assert otra.status_code == 409
    assert otra.json() == {"detail": "Idempotency-Key was already used with a different request"}
    assert cliente_api.get(ITEMS).json()["total"] == 1


def test_llegar_con_la_clave_en_su_cabecera_y_con_barra_responde_igual(
    clave_de: Callable[..., str], cliente_anonimo: ClienteApi
) -> None:
    cliente = cliente_anonimo.con(HTTP_X_API_KEY=clave_de("inventory:read"))
    respuestas = [cliente.get(ruta) for ruta in (ITEMS, f"{ITEMS}/")]
    assert [respuesta.status_code for respuesta in respuestas] == [200, 200]
    assert respuestas[0].json() == respuestas[1].json()
    anonima = cliente_anonimo.get(ITEMS)
    assert (anonima.status_code, anonima["WWW-Authenticate"]) == (401, "Bearer")
    assert anonima.json() == {"detail": "Not authenticated"}


def test_negar_un_articulo_no_deja_la_unidad_que_nombraba(cliente_api: ClienteApi, empresa: Empresa) -> None:
    assert crear(cliente_api, unit="Crate", category="No hay").status_code == 400
    pk = crear(cliente_api).json()["id"]
    entrada = {"item_master_id": pk, "quantity": 1, "unit_cost": 1, "purchase_date": "2026-01-05"}
    assert cliente_api.post("/api/v1/inventory/stock/add", entrada).status_code == 201
    assert cliente_api.put(f"{ITEMS}/{pk}", {"unit": "Crate", "item_name": "Otro"}).status_code == 400
    assert cliente_api.put(f"{ITEMS}/{pk}", {"unit": "kg", "item_name": "Otro"}).json()["item_name"] == "Otro"
    with en_empresa(empresa):
        assert not Unidad.objects.filter(nombre_en="Crate").exists()


def test_una_clave_de_otra_cosa_no_lee_el_inventario(
    cliente_con_alcances: Callable[..., ClienteApi],
) -> None:
    cliente = cliente_con_alcances("dashboard:read")
    for ruta in (ITEMS, "/api/v1/units", "/api/v1/inventory/dashboard", "/api/v1/inventory/alerts/expiry"):
        respuesta = cliente.get(ruta)
        assert respuesta.status_code == 403, ruta
        assert respuesta.json() == {"detail": "Not enough permissions: inventory:read is required"}
