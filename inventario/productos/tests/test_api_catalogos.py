"""Categorías, unidades y proveedores por HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.cuentas.models import Empresa
from inventario.existencias.tests.test_api_productos import exigir_sobre
from inventario.nucleo.actores import Actor
from inventario.nucleo.tests.fabricas import CategoriaFabrica, ProductoFabrica, ProveedorFabrica
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Categoria, Proveedor, Unidad
from inventario.productos.services import crear_producto, eliminar_producto

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]

CATEGORIAS, UNIDADES, PROVEEDORES = "/api/v1/categorias", "/api/v1/unidades", "/api/v1/proveedores"
NUEVOS: dict[str, dict[str, Any]] = {
    CATEGORIAS: {"nombre": "Alimento"},
    UNIDADES: {"nombre": "Brazada", "abreviatura": "bz"},
    PROVEEDORES: {"nombre": "Delta"},
}

MALOS: list[Any] = [None, "", " ", 7, True, [], "x" * 100_000, "a\nb"]


def _filas() -> list[Any]:
    return [list(modelo.objects.order_by("pk").values()) for modelo in (Categoria, Unidad, Proveedor)]


def test_categorias_de_punta_a_punta(cliente_api: ClienteApi, actor: Actor) -> None:
    padre = cliente_api.post(CATEGORIAS, {"nombre": " Alimento ", "descripcion": "De todo\ntipo"})
    assert padre.status_code == 201
    assert padre.json() == {
        "id": padre.json()["id"],
        "nombre": "Alimento",
        "padre_id": None,
        "descripcion": "De todo\ntipo",
        "productos": 0,
    }
    hija = cliente_api.post(f"{CATEGORIAS}/", {"nombre": "Iniciador", "padre_id": padre.json()["id"]}).json()
    categoria = Categoria.objects.get(pk=hija["id"])
    vivo = crear_producto(actor=actor, nombre="X", sku="X", categoria=categoria)
    eliminar_producto(
        actor=actor, producto=crear_producto(actor=actor, nombre="Y", sku="Y", categoria=categoria)
    )
    ruta = f"{CATEGORIAS}/{hija['id']}"
    assert cliente_api.get(ruta).json() == {**hija, "productos": 1}
    lista = cliente_api.get(CATEGORIAS, {"buscar": "inic"})
    assert ([fila["id"] for fila in lista.json()], lista["X-Total-Count"]) == ([hija["id"]], "1")
    ruta_del_padre = f"{CATEGORIAS}/{padre.json()['id']}"
    exigir_sobre(cliente_api.patch(ruta_del_padre, {"padre_id": hija["id"]}), 422, "validacion")
    exigir_sobre(cliente_api.patch(ruta, {"nombre": "Alimento"}), 409, "conflicto")
    exigir_sobre(cliente_api.delete(ruta), 409, "tiene_dependencias")
    assert cliente_api.put(ruta, {"padre_id": None, "nombre": "Fase 1"}).json()["padre_id"] is None
    assert cliente_api.patch(f"/api/v1/productos/{vivo.pk}", {"categoria_id": None}).status_code == 200
    eliminada = cliente_api.delete(ruta)
    assert (eliminada.status_code, eliminada.json()["nombre"]) == (200, "Fase 1")
    exigir_sobre(cliente_api.get(ruta), 404, "no_encontrado")


def test_unidades_de_punta_a_punta(cliente_api: ClienteApi) -> None:
    lista = cliente_api.get(UNIDADES)
    assert lista["X-Total-Count"] == "25"
    creada = cliente_api.post(UNIDADES, {"nombre": "Brazada", "abreviatura": "bz", "divisible": False})
    assert creada.status_code == 201
    assert creada.json() == {
        "id": creada.json()["id"],
        "nombre": "Brazada",
        "nombre_en": "Brazada",
        "abreviatura": "bz",
        "magnitud": "",
        "divisible": False,
        "activa": True,
    }
    ruta = f"{UNIDADES}/{creada.json()['id']}"
    cambios = {"nombre": "Braza", "nombre_en": "Fathom", "abreviatura": "bra", "magnitud": "longitud"}
    assert cliente_api.patch(ruta, cambios).json() == {**creada.json(), **cambios}
    assert cliente_api.put(ruta, {"divisible": True, "activa": False}).json()["divisible"] is True
    assert [fila["nombre"] for fila in cliente_api.get(UNIDADES, {"activo": "false"}).json()] == ["Braza"]
    exigir_sobre(cliente_api.post(UNIDADES, {"nombre": "Otra", "abreviatura": "KG"}), 409, "conflicto")
    exigir_sobre(cliente_api.patch(ruta, {"abreviatura": "Kg"}), 409, "conflicto")
    exigir_sobre(cliente_api.patch(ruta, {"nombre_en": "LITER"}), 409, "conflicto")
    exigir_sobre(cliente_api.delete(ruta), 405, "metodo_no_permitido")
    assert cliente_api.get(ruta).json()["abreviatura"] == "bra"


def test_proveedores_de_punta_a_punta(cliente_api: ClienteApi) -> None:
    creado = cliente_api.post(PROVEEDORES, {"nombre": "Delta", "email": "ventas en delta"})
    assert creado.status_code == 201
    cuerpo = creado.json()
    assert {**cuerpo, "creado_en": ""} == {
        "id": cuerpo["id"],
        "nombre": "Delta",
        "contacto": "",
        "telefono": "",
        "email": "ventas en delta",
        "direccion": "",
        "activo": True,
        "creado_en": "",
    }
    assert cuerpo["creado_en"].endswith(("Z", "+00:00"))
    ruta = f"{PROVEEDORES}/{cuerpo['id']}"
    cambios = {"nombre": "Delta SA", "contacto": "Ana", "telefono": "1", "direccion": "A\nB", "activo": False}
    assert cliente_api.put(ruta, cambios).json() == {**cuerpo, **cambios}
    assert cliente_api.get(ruta).json() == {**cuerpo, **cambios}
    assert cliente_api.get(PROVEEDORES, {"activo": "true"}).json() == []
    assert len(cliente_api.get(PROVEEDORES, {"buscar": "delta"}).json()) == 1
    exigir_sobre(cliente_api.delete(ruta), 405, "metodo_no_permitido")


@pytest.mark.parametrize(
    ("ruta", "campo", "valor"),
    [
        *[(ruta, "nombre", malo) for ruta in NUEVOS for malo in MALOS],
        (CATEGORIAS, "padre_id", 999_999), (CATEGORIAS, "padre_id", "x"), (CATEGORIAS, "padre_id", 2**31),
        (CATEGORIAS, "descripcion", "x" * 2001), (CATEGORIAS, "descripcion", None),
        (UNIDADES, "abreviatura", ""), (UNIDADES, "abreviatura", "x" * 51), (UNIDADES, "divisible", "quizás"),
        (UNIDADES, "divisible", None), (UNIDADES, "nombre_en", ""), (UNIDADES, "magnitud", 3),
        (PROVEEDORES, "telefono", "9" * 51), (PROVEEDORES, "email", None),
        (PROVEEDORES, "direccion", "x" * 1001),
    ],
)  # fmt: skip
def test_un_mal_dato_se_nombra_y_no_cambia_nada(
    cliente_api: ClienteApi, ruta: str, campo: str, valor: Any
) -> None:
    pk = cliente_api.post(ruta, NUEVOS[ruta]).json()["id"]
    antes = _filas()
    otro = {clave: f"{texto} 2" for clave, texto in NUEVOS[ruta].items()}
    for respuesta in (
        cliente_api.post(ruta, {**otro, campo: valor}),
        cliente_api.patch(f"{ruta}/{pk}", {campo: valor}),
        cliente_api.put(f"{ruta}/{pk}", {campo: valor}),
    ):
        cuerpo = exigir_sobre(respuesta, 422, "validacion")
        assert [(error["campo"], error["ubicacion"]) for error in cuerpo["errores"]] == [(campo, "body")]
    assert _filas() == antes


@pytest.mark.parametrize("ruta", list(NUEVOS))
def test_lo_que_no_existe_o_no_es_de_la_empresa(
    cliente_api: ClienteApi, cliente_ajeno: ClienteApi, ruta: str
) -> None:
    pk = cliente_api.post(ruta, NUEVOS[ruta]).json()["id"]
    antes = _filas()
    for metodo in (cliente_ajeno.get, cliente_ajeno.put, cliente_ajeno.patch):
        exigir_sobre(metodo(f"{ruta}/{pk}", {"nombre": "Robado"}), 404, "no_encontrado")
    exigir_sobre(cliente_api.get(f"{ruta}/999999"), 404, "no_encontrado")
    exigir_sobre(cliente_api.patch(f"{ruta}/1.5", {}), 422, "validacion")
    exigir_sobre(cliente_api.get(ruta, {"limit": 0}), 422, "validacion")
    exigir_sobre(cliente_api.get(ruta, {"buscar": "x" * 101}), 422, "validacion")
    assert _filas() == antes


@pytest.mark.parametrize("ruta", list(NUEVOS))
def test_quien_no_puede_no_cambia(
    cliente_anonimo: ClienteApi, cliente_con_alcances: Callable[..., ClienteApi], ruta: str
) -> None:
    antes = _filas()
    lector = cliente_con_alcances("inventory:read")
    assert lector.get(ruta).status_code == 200
    exigir_sobre(lector.post(ruta, NUEVOS[ruta]), 403, "sin_permiso")
    exigir_sobre(cliente_anonimo.get(ruta), 401, "no_autenticado")
    exigir_sobre(cliente_con_alcances("inventory:write").delete(f"{CATEGORIAS}/1"), 403, "sin_permiso")
    assert _filas() == antes


def test_listas_con_consultas_fijas(cliente_api: ClienteApi, empresa: Empresa) -> None:
    cliente_api.get(UNIDADES)
    cuentas = []
    for cuantos in (3, 40):
        for _ in range(cuantos):
            ProductoFabrica.create(empresa=empresa, categoria=CategoriaFabrica.create(empresa=empresa))
            ProveedorFabrica.create(empresa=empresa)
        for ruta in NUEVOS:
            with CaptureQueriesContext(connection) as consultas:
                assert cliente_api.get(ruta).status_code == 200
            cuentas.append(len(consultas))
    assert cuentas[:3] == cuentas[3:]
