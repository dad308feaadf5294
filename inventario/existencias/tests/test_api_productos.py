"""E1–E5 por HTTP, más allá de la paridad con el sistema de origen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Bodega, Empresa
from inventario.movimientos import libro
from inventario.movimientos.querysets import Clave
from inventario.movimientos.services import bloquear_lote
from inventario.movimientos.services.entradas import registrar_entrada
from inventario.nucleo.actores import Actor
from inventario.nucleo.reloj import hoy_en
from inventario.nucleo.tests.fabricas import BodegaFabrica, ProductoFabrica
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto
from inventario.productos.services import crear_categoria, crear_producto, crear_proveedor, unidad_conocida
from inventario.productos.tests.fabricas import con_lote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]

RUTA = "/api/v1/productos"
HARINA = {"nombre": "Harina de maíz 1 kg", "sku": "HAR-MAIZ-1K", "precio": 4200.5, "stock_minimo": 12}


@pytest.fixture
def harina(cliente_api: ClienteApi) -> dict[str, Any]:
    respuesta = cliente_api.post(RUTA, HARINA)
    assert respuesta.status_code == 201, respuesta.json()
    creado: dict[str, Any] = respuesta.json()
    return creado


def exigir_sobre(respuesta: Any, estado: int, codigo: str) -> dict[str, Any]:
    """Comprueba el sobre de error de §1.3 y lo devuelve."""
    cuerpo: dict[str, Any] = respuesta.json()
    assert (respuesta.status_code, cuerpo["codigo"]) == (estado, codigo), cuerpo
    assert set(cuerpo) == {"detail", "codigo", "errores", "request_id"}
    assert isinstance(cuerpo["detail"], str)
    assert cuerpo["detail"]
    for secreto in ("SELECT", "INSERT", "UPDATE ", "constraint", "Traceback", "productos_producto"):
        assert secreto not in respuesta.content.decode()
    return cuerpo


def _tabla() -> list[dict[str, Any]]:
    return [dict(fila) for fila in Producto.objects.order_by("pk").values()]


# ── La forma ────────────────────────────────────────────────────────────────────────────────────


def test_crear_responde_todas_las_claves(cliente_api: ClienteApi, empresa: Empresa, actor: Actor) -> None:
    categoria = crear_categoria(actor=actor, nombre="Alimento")
    proveedor = crear_proveedor(actor=actor, nombre="Delta")
    respuesta = cliente_api.post(
        RUTA,
        {
            **HARINA,
            "unidad": "Kilogram",
            "stock_minimo": "12.5",
            "categoria_id": categoria.pk,
            "proveedor_id": proveedor.pk,
            "codigo_barras": "4006381333931",
            "id": 999,
            "cantidad_actual": 50,
            "activo": False,
            "version": 7,
        },
    )
    assert respuesta.status_code == 201
    assert respuesta["ETag"] == '"1"'
    cuerpo = respuesta.json()
    assert cuerpo == {
        "id": Producto.objects.get().pk,
        "nombre": "Harina de maíz 1 kg",
        "sku": "HAR-MAIZ-1K",
        "precio": 4200.5,
        "stock_minimo": 12.5,
        "minimo_sobre_disponible": False,
        "cantidad_actual": 0,
        "cantidad_reservada": 0,
        "cantidad_disponible": 0,
        "unidad": "kg",
        "categoria_id": categoria.pk,
        "categoria": "Alimento",
        "proveedor_id": proveedor.pk,
        "codigo_barras": "4006381333931",
        "activo": True,
        "version": 1,
        "existencias": [],
    }
    assert cliente_api.get(f"{RUTA}/{cuerpo['id']}").json() == cuerpo


def test_lista_es_el_producto_sin_el_reparto(cliente_api: ClienteApi, harina: dict[str, Any]) -> None:
    assert cliente_api.get(RUTA).json() == [{k: v for k, v in harina.items() if k != "existencias"}]


def test_ida_y_vuelta_no_cambia_nada(cliente_api: ClienteApi, harina: dict[str, Any]) -> None:
    respuesta = cliente_api.put(f"{RUTA}/{harina['id']}", harina)
    assert (respuesta.status_code, respuesta.json()) == (200, harina)


def test_con_o_sin_barra_final_en_todo_metodo(cliente_api: ClienteApi) -> None:
    creado = cliente_api.post(f"{RUTA}/", HARINA)
    assert creado.status_code == 201
    ruta = f"{RUTA}/{creado.json()['id']}"
    assert cliente_api.get(f"{RUTA}/").status_code == 200
    assert cliente_api.get(f"{ruta}/").status_code == 200
    assert cliente_api.put(f"{ruta}/", {"precio": 2}).json()["precio"] == 2
    assert cliente_api.patch(f"{ruta}/", {"precio": 3}).json()["precio"] == 3
    assert cliente_api.delete(f"{ruta}/").status_code == 200


def test_cantidades_reparten_por_bodega_y_descuentan_lo_apartado(
    cliente_api: ClienteApi, actor: Actor, empresa: Empresa
) -> None:
    producto = crear_producto(actor=actor, nombre="X", sku="X", unidad=unidad_conocida(empresa, "kg"))
    norte = BodegaFabrica.create(empresa=empresa, codigo="norte", nombre="Norte")
    con_lote(actor, producto, Decimal("0.1"))
    con_lote(actor, producto, Decimal("0.2"))
    ayer = hoy_en(empresa.zona_horaria, timezone.now()) - timedelta(days=1)
    registrar_entrada(
        actor=actor,
        producto=producto,
        bodega=norte,
        cantidad=Decimal(5),
        vence_el=ayer,
        permitir_vencido=True,
    )
    registrar_entrada(actor=actor, producto=producto, bodega=norte, cantidad=Decimal(4))
    ahora = timezone.now()
    principal = bodega_principal(empresa)
    with libro.abrir(empresa, [Clave(producto.pk, principal.pk), Clave(producto.pk, norte.pk)]) as hoja:
        hoja.apartar(producto, principal, Decimal("0.3"), vence_en=ahora + timedelta(hours=1))
        hoja.apartar(producto, norte, Decimal("1.5"), vence_en=ahora + timedelta(hours=1))
    with libro.abrir(
        empresa, [Clave(producto.pk, norte.pk)], reloj=lambda: ahora - timedelta(hours=2)
    ) as hoja:
        hoja.apartar(producto, norte, Decimal(1), vence_en=ahora - timedelta(hours=1))
    cuerpo = cliente_api.get(f"{RUTA}/{producto.pk}").json()
    assert (cuerpo["cantidad_actual"], cuerpo["cantidad_reservada"], cuerpo["cantidad_disponible"]) == (
        9.3,
        1.8,
        2.5,
    )
    assert cuerpo["existencias"] == [
        {
            "bodega": "principal",
            "nombre": principal.nombre,
            "cantidad_actual": 0.3,
            "cantidad_reservada": 0.3,
            "cantidad_disponible": 0,
        },
        {
            "bodega": "norte",
            "nombre": "Norte",
            "cantidad_actual": 9,
            "cantidad_reservada": 1.5,
            "cantidad_disponible": 2.5,
        },
    ]


# ── Cambiar ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("metodo", ["put", "patch"])
def test_cambiar_es_parcial(cliente_api: ClienteApi, harina: dict[str, Any], metodo: str) -> None:
    ruta = f"{RUTA}/{harina['id']}"
    vacio = getattr(cliente_api, metodo)(ruta, {})
    assert (vacio.status_code, vacio.json(), vacio["ETag"]) == (200, harina, '"1"')
    respuesta = getattr(cliente_api, metodo)(ruta, {"stock_minimo": 0, "activo": False})
    assert respuesta.json() == {**harina, "stock_minimo": 0, "activo": False, "version": 2}
    assert respuesta["ETag"] == '"2"'


def test_el_minimo_sobre_lo_disponible_se_crea_se_lee_y_se_cambia(
    cliente_api: ClienteApi, empresa: Empresa, actor: Actor
) -> None:
    creado = cliente_api.post(RUTA, {**HARINA, "stock_minimo": 5, "minimo_sobre_disponible": True}).json()
    assert creado["minimo_sobre_disponible"] is True
    bloqueado = con_lote(actor, Producto.objects.get(), Decimal(8))
    bloquear_lote(actor=actor, lote=bloqueado, motivo="Cuarentena")
    bajo = f"{RUTA}?bajo_minimo=true"
    assert [
        (fila["cantidad_actual"], fila["cantidad_disponible"]) for fila in cliente_api.get(bajo).json()
    ] == [(8, 0)]
    assert cliente_api.get(f"{RUTA}?bajo_minimo=false").json() == []
    cambiado = cliente_api.patch(f"{RUTA}/{creado['id']}", {"minimo_sobre_disponible": False}).json()
    assert (cambiado["minimo_sobre_disponible"], cambiado["version"]) == (False, 2)
    assert cliente_api.get(bajo).json() == []


def test_cambiar_categoria_por_id_por_nombre_y_quitarla(
    cliente_api: ClienteApi, harina: dict[str, Any], actor: Actor
) -> None:
    uno, dos = (crear_categoria(actor=actor, nombre=nombre) for nombre in ("Uno", "Dos"))
    ruta = f"{RUTA}/{harina['id']}"
    assert cliente_api.patch(ruta, {"categoria_id": uno.pk}).json()["categoria"] == "Uno"
    assert cliente_api.patch(ruta, {"categoria": "Dos"}).json()["categoria_id"] == dos.pk
    # De los dos manda el id: quien devuelve lo que leyó con otro id no tiene que acordarse del nombre.
    assert cliente_api.patch(ruta, {"categoria": "Dos", "categoria_id": uno.pk}).json()["categoria"] == "Uno"
    assert cliente_api.patch(ruta, {"categoria": None}).json()["categoria_id"] is None


def test_cambiar_con_el_sku_de_otro_choca(cliente_api: ClienteApi, harina: dict[str, Any]) -> None:
    otro = cliente_api.post(RUTA, {**HARINA, "sku": "OTRO"}).json()
    antes = _tabla()
    exigir_sobre(cliente_api.put(f"{RUTA}/{otro['id']}", {"sku": "har-maiz-1k"}), 409, "sku_duplicado")
    assert _tabla() == antes


def test_cambiar_con_version_vieja_choca(cliente_api: ClienteApi, harina: dict[str, Any]) -> None:
    ruta = f"{RUTA}/{harina['id']}"
    assert cliente_api.put(ruta, {"precio": 2}, headers={"If-Match": '"1"'}).status_code == 200
    antes = _tabla()
    for metodo in (cliente_api.put, cliente_api.patch, cliente_api.delete):
        exigir_sobre(metodo(ruta, {"precio": 3}, headers={"If-Match": '"1"'}), 409, "conflicto")
    for mala in ("1", "x", '"x"', 'W/"2"', "", '"' + "9" * 30 + '"'):
        exigir_sobre(cliente_api.put(ruta, {"precio": 3}, headers={"If-Match": mala}), 422, "validacion")
    assert _tabla() == antes
    assert cliente_api.put(ruta, {"precio": 3}, headers={"If-Match": "*"}).status_code == 200
    assert cliente_api.delete(ruta, headers={"If-Match": '"3"'}).status_code == 200


def test_cambiar_un_sku_largo_de_la_otra_api(cliente_api: ClienteApi, actor: Actor) -> None:
    largo = crear_producto(actor=actor, nombre="X", sku="x" * 100)
    ruta = f"{RUTA}/{largo.pk}"
    assert cliente_api.put(ruta, {"sku": "x" * 100, "nombre": "Y"}).status_code == 200
    exigir_sobre(cliente_api.put(ruta, {"sku": "y" * 65}), 422, "validacion")
    assert cliente_api.put(ruta, {"sku": "y" * 64}).status_code == 200


def test_producto_sin_sku_ni_precio_se_muestra_nulo(cliente_api: ClienteApi, actor: Actor) -> None:
    producto = crear_producto(actor=actor, nombre="X", sku=None)
    cuerpo = cliente_api.get(f"{RUTA}/{producto.pk}").json()
    assert (cuerpo["sku"], cuerpo["precio"]) == (None, None)
    assert cliente_api.put(f"{RUTA}/{producto.pk}", {"nombre": "Y"}).status_code == 200


def test_cambiar_la_unidad_con_lotes_se_niega(
    cliente_api: ClienteApi, actor: Actor, harina: dict[str, Any]
) -> None:
    con_lote(actor, Producto.objects.get(), Decimal(3))
    antes = _tabla()
    exigir_sobre(cliente_api.patch(f"{RUTA}/{harina['id']}", {"unidad": "kg"}), 409, "tiene_dependencias")
    assert _tabla() == antes


def test_eliminar_con_existencia_se_niega(
    cliente_api: ClienteApi, actor: Actor, harina: dict[str, Any]
) -> None:
    con_lote(actor, Producto.objects.get(), Decimal(3))
    antes = _tabla()
    cuerpo = exigir_sobre(cliente_api.delete(f"{RUTA}/{harina['id']}"), 409, "tiene_dependencias")
    assert (cuerpo["errores"][0]["lotes"], cuerpo["errores"][0]["reservas"]) == (1, 0)
    assert _tabla() == antes
    assert cliente_api.get(f"{RUTA}/{harina['id']}").json()["cantidad_actual"] == 3


def test_eliminar_libera_el_sku(cliente_api: ClienteApi, harina: dict[str, Any]) -> None:
    cliente_api.delete(f"{RUTA}/{harina['id']}")
    nuevo = cliente_api.post(RUTA, HARINA)
    assert nuevo.status_code == 201
    assert nuevo.json()["id"] != harina["id"]
    for metodo in (cliente_api.put, cliente_api.patch, cliente_api.delete):
        exigir_sobre(metodo(f"{RUTA}/{harina['id']}", {}), 404, "no_encontrado")


# ── Listar ──────────────────────────────────────────────────────────────────────────────────────


def test_lista_vacia(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.get(RUTA)
    assert (respuesta.status_code, respuesta.json(), respuesta["X-Total-Count"]) == (200, [], "0")


def test_paginas_sin_huecos_ni_repetidos(cliente_api: ClienteApi, empresa: Empresa) -> None:
    todos = [ProductoFabrica.create(empresa=empresa).pk for _ in range(7)]
    # Cambiar un producto no lo mueve de lugar.
    cliente_api.put(f"{RUTA}/{todos[0]}", {"nombre": "Zeta"})
    vistos: list[int] = []
    for skip in (0, 3, 6, 9):
        respuesta = cliente_api.get(RUTA, {"skip": skip, "limit": 3})
        assert respuesta["X-Total-Count"] == "7"
        vistos += [fila["id"] for fila in respuesta.json()]
    assert vistos == todos
    assert 'rel="next"' in cliente_api.get(RUTA, {"limit": 3})["Link"]


@pytest.mark.parametrize(
    "consulta",
    [
        {"skip": -1}, {"limit": -1}, {"limit": 0}, {"limit": 501}, {"limit": 10**9}, {"skip": "x"},
        {"limit": "1.5"},
        {"skip": 10**30}, {"orden": "color"}, {"orden": "-"}, {"activo": "quizás"}, {"con_stock": "2"},
        {"categoria": "x"}, {"categoria": 2**31}, {"buscar": "x" * 101}, {"buscar": "a\x00b"},
        {"proveedor_id": "1.5"},
    ],
)  # fmt: skip
def test_lista_con_mala_consulta(cliente_api: ClienteApi, consulta: dict[str, Any]) -> None:
    cuerpo = exigir_sobre(cliente_api.get(RUTA, consulta), 422, "validacion")
    assert [(error["campo"], error["ubicacion"]) for error in cuerpo["errores"]] == [(*consulta, "query")]


def test_filtros_y_orden(cliente_api: ClienteApi, actor: Actor, empresa: Empresa) -> None:
    padre = crear_categoria(actor=actor, nombre="Alimento")
    hija = crear_categoria(actor=actor, nombre="Iniciador", padre=padre)
    delta = crear_proveedor(actor=actor, nombre="Delta")
    datos: list[dict[str, Any]] = [
        {
            "nombre": "ávila",
            "sku": "c",
            "precio": Decimal(3),
            "categoria": padre,
            "unidad": "kg",
            "proveedor": delta,
        },
        {
            "nombre": "Árbol",
            "sku": None,
            "precio": None,
            "categoria": hija,
            "unidad": "L",
            "codigo_barras": "777",
        },
        {"nombre": "Zorro", "sku": "B", "precio": Decimal(1), "unidad": "kg", "stock_minimo": Decimal(0)},
        {"nombre": "azul", "sku": "a", "precio": Decimal(2), "unidad": "u"},
    ]
    datos[0]["proveedor"], datos[1]["codigo_barras"] = delta, "777"
    nombre_de = {}
    for dato in datos:
        producto = crear_producto(actor=actor, **{**dato, "unidad": unidad_conocida(empresa, dato["unidad"])})
        nombre_de[producto.pk] = producto.nombre
    con_lote(actor, Producto.objects.get(nombre="ávila"), Decimal(5))
    con_lote(actor, Producto.objects.get(nombre="azul"), Decimal(4))
    cliente_api.patch(f"{RUTA}/{Producto.objects.get(nombre='Zorro').pk}", {"activo": False})
    casos: dict[str, list[str]] = {
        "": ["ávila", "Árbol", "Zorro", "azul"],
        "orden=-id": ["azul", "Zorro", "Árbol", "ávila"],
        "orden=nombre": ["Árbol", "ávila", "azul", "Zorro"],
        "orden=-nombre": ["Zorro", "azul", "ávila", "Árbol"],
        "orden=sku": ["azul", "Zorro", "ávila", "Árbol"],
        "orden=-sku": ["ávila", "Zorro", "azul", "Árbol"],
        "orden=precio": ["Zorro", "azul", "ávila", "Árbol"],
        "orden=-precio": ["ávila", "azul", "Zorro", "Árbol"],
        "buscar=ARBOL": ["Árbol"],
        "buscar=777": ["Árbol"],
        "buscar=B": ["Árbol", "Zorro"],
        "buscar=": ["ávila", "Árbol", "Zorro", "azul"],
        "activo=false": ["Zorro"],
        "activo=true": ["ávila", "Árbol", "azul"],
        f"categoria={padre.pk}": ["ávila", "Árbol"],
        f"categoria={hija.pk}": ["Árbol"],
        "categoria=999999": [],
        f"proveedor_id={delta.pk}": ["ávila"],
        "unidad=KG": ["ávila", "Zorro"],
        "con_stock=true": ["ávila", "azul"],
        "con_stock=false": ["Árbol", "Zorro"],
        "bajo_minimo=true": ["Árbol", "azul"],
        "bajo_minimo=false": ["ávila", "Zorro"],
        "bajo_minimo=true&con_stock=true&unidad=u": ["azul"],
    }
    for consulta, esperados in casos.items():
        respuesta = cliente_api.get(f"{RUTA}?{consulta}")
        assert [nombre_de[fila["id"]] for fila in respuesta.json()] == esperados, consulta
        assert respuesta["X-Total-Count"] == str(len(esperados))


def test_consultas_fijas_a_cualquier_tamano(cliente_api: ClienteApi, actor: Actor, empresa: Empresa) -> None:
    def contar(ruta: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as consultas:
            assert cliente_api.get(ruta).status_code == 200
        return len(consultas)

    # La primera vez que se usa una clave se anota; después, a lo sumo una vez por minuto.
    assert cliente_api.get(RUTA).status_code == 200
    norte: Bodega = BodegaFabrica.create(empresa=empresa)
    cuentas: list[tuple[int, ...]] = []
    for cuantos in (3, 57):
        for _ in range(cuantos):
            producto = crear_producto(
                actor=actor,
                nombre="X",
                sku=None,
                unidad=unidad_conocida(empresa, "kg"),
                categoria=crear_categoria(actor=actor, nombre=f"C{Producto.objects.count()}"),
            )
            con_lote(actor, producto, Decimal(1))
            registrar_entrada(actor=actor, producto=producto, bodega=norte, cantidad=Decimal(1))
        cuentas.append(
            (
                contar(f"{RUTA}?limit=500"),
                contar(f"{RUTA}?limit=500&buscar=x&con_stock=true&bajo_minimo=true&orden=-nombre"),
                contar(f"{RUTA}?limit=500&categoria={producto.categoria_id}"),
                contar(f"{RUTA}/{producto.pk}"),
            )
        )
    assert len(cliente_api.get(f"{RUTA}?limit=500").json()) == 60
    assert cuentas[0] == cuentas[1]


# ── Lo mal pedido ───────────────────────────────────────────────────────────────────────────────

MALOS: list[tuple[str, Any]] = [
    ("nombre", None), ("nombre", ""), ("nombre", "   "), ("nombre", 7), ("nombre", True), ("nombre", ["x"]),
    ("nombre", {"a": 1}), ("nombre", "x" * 256), ("nombre", "x" * 100_000),
    ("sku", None), ("sku", " "), ("sku", "x" * 65), ("sku", 12), ("sku", "a\nb"),
    ("precio", None), ("precio", 0), ("precio", -1), ("precio", "abc"), ("precio", ""), ("precio", True),
    ("precio", 19.9999), ("precio", "1e400"), ("precio", 10**10), ("precio", "NaN"),
    ("precio", "Infinity"), ("precio", [1]), ("precio", {}),
    ("stock_minimo", None), ("stock_minimo", -1), ("stock_minimo", True), ("stock_minimo", "x"),
    ("stock_minimo", 1.5), ("stock_minimo", 0.00001), ("stock_minimo", 10**11), ("stock_minimo", -(10**30)),
    ("minimo_sobre_disponible", None), ("minimo_sobre_disponible", "x"), ("minimo_sobre_disponible", 2),
    ("unidad", None), ("unidad", "brazada"), ("unidad", ""), ("unidad", 3), ("unidad", "x" * 51),
    ("categoria_id", 999_999), ("categoria_id", "x"), ("categoria_id", 1.5), ("categoria_id", True),
    ("categoria_id", 2**31), ("categoria_id", -1), ("categoria_id", 10**30), ("categoria", "No hay"),
    ("categoria", 5), ("proveedor_id", 999_999), ("proveedor_id", []), ("proveedor_id", False),
    ("codigo_barras", None), ("codigo_barras", 4006381333931), ("codigo_barras", "4006381333932"),
    ("codigo_barras", "x" * 49),
]  # fmt: skip


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("nombre", "a\x00b"),
        ("sku", "a\x00"),
        ("codigo_barras", "\x00"),
        ("precio", 10**400),
        ("otro", "\x00"),
    ],
)
def test_lo_que_ni_se_analiza(
    cliente_api: ClienteApi, harina: dict[str, Any], campo: str, valor: Any
) -> None:
    antes = _tabla()
    exigir_sobre(cliente_api.post(RUTA, {**HARINA, campo: valor}), 422, "validacion")
    exigir_sobre(cliente_api.patch(f"{RUTA}/{harina['id']}", {campo: valor}), 422, "validacion")
    assert _tabla() == antes


@pytest.mark.parametrize(("campo", "valor"), MALOS)
def test_crear_con_un_mal_dato(cliente_api: ClienteApi, campo: str, valor: Any) -> None:
    cuerpo = exigir_sobre(cliente_api.post(RUTA, {**HARINA, campo: valor}), 422, "validacion")
    assert [(error["campo"], error["ubicacion"]) for error in cuerpo["errores"]] == [(campo, "body")]
    assert _tabla() == []


@pytest.mark.parametrize(("campo", "valor"), [*MALOS, ("activo", None), ("activo", "quizás"), ("activo", 3)])
def test_cambiar_con_un_mal_dato(
    cliente_api: ClienteApi, harina: dict[str, Any], campo: str, valor: Any
) -> None:
    antes = _tabla()
    cuerpo = exigir_sobre(cliente_api.put(f"{RUTA}/{harina['id']}", {campo: valor}), 422, "validacion")
    assert [(error["campo"], error["ubicacion"]) for error in cuerpo["errores"]] == [(campo, "body")]
    assert _tabla() == antes


@pytest.mark.parametrize("precio", ["3.50", 3.5, "3.5000000", 1, "9999999999.99", 0.01])
def test_crear_con_precios_que_si_valen(cliente_api: ClienteApi, precio: Any) -> None:
    respuesta = cliente_api.post(RUTA, {**HARINA, "precio": precio})
    assert (respuesta.status_code, respuesta.json().get("precio")) == (201, float(precio))


@pytest.mark.parametrize("minimo", ["7", 2.0, 0, "0", 3_000_000_000])
def test_crear_con_minimos_que_si_valen(cliente_api: ClienteApi, minimo: Any) -> None:
    respuesta = cliente_api.post(RUTA, {**HARINA, "stock_minimo": minimo})
    assert (respuesta.status_code, respuesta.json().get("stock_minimo")) == (201, int(minimo))


def test_crear_dice_todos_los_errores_a_la_vez(cliente_api: ClienteApi) -> None:
    cuerpo = exigir_sobre(cliente_api.post(RUTA, {"precio": 0}), 422, "validacion")
    assert {(error["campo"], error["codigo"]) for error in cuerpo["errores"]} == {
        ("nombre", "required"), ("sku", "required"), ("precio", "min_value"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cuerpo", "tipo", "estado", "codigo"),
    [
        (b'{"nombre": "a"', "application/json", 422, "validacion"),
        (b"", "application/json", 422, "validacion"),
        (b"[]", "application/json", 422, "validacion"),
        (b'"x"', "application/json", 422, "validacion"),
        (b"null", "application/json", 422, "validacion"),
        (b'{"nombre": "a", "sku": "b", "precio": NaN}', "application/json", 422, "validacion"),
        (b'{"nombre": "a", "sku": "b", "precio": Infinity}', "application/json", 422, "validacion"),
        (b'{"nombre": "a", "sku": "b", "precio": 1e400}', "application/json", 422, "validacion"),
        (b'{"nombre": "a\\ud800", "sku": "b", "precio": 1}', "application/json", 422, "validacion"),
        (b'{"nombre": "\xff", "sku": "b", "precio": 1}', "application/json", 422, "validacion"),
        (b"[" * 5000 + b"]" * 5000, "application/json", 422, "validacion"),
        (b"nombre=a&sku=b&precio=1", "application/x-www-form-urlencoded", 415, "tipo_no_soportado"),
        (b"<a/>", "text/xml", 415, "tipo_no_soportado"),
    ],
)
def test_cuerpos_que_no_se_leen(
    cliente_api: ClienteApi, harina: dict[str, Any], cuerpo: bytes, tipo: str, estado: int, codigo: str
) -> None:
    antes = _tabla()
    texto: Any = cuerpo
    exigir_sobre(cliente_api.generic("POST", RUTA, texto, content_type=tipo), estado, codigo)
    if cuerpo:
        exigir_sobre(
            cliente_api.generic("PUT", f"{RUTA}/{harina['id']}", texto, content_type=tipo), estado, codigo
        )
    assert _tabla() == antes


@pytest.mark.parametrize("metodo", ["get", "put", "patch", "delete"])
@pytest.mark.parametrize(
    ("pk", "estado", "codigo"),
    [
        ("999999", 404, "no_encontrado"), ("0", 404, "no_encontrado"), ("-1", 404, "no_encontrado"),
        (str(2**63), 404, "no_encontrado"), ("9" * 39, 404, "no_encontrado"), ("x", 422, "validacion"),
        ("1.5", 422, "validacion"), ("%00", 422, "validacion"), ("１", 422, "validacion"),
    ],
)  # fmt: skip
def test_id_que_no_existe_o_no_es_entero(
    cliente_api: ClienteApi, metodo: str, pk: str, estado: int, codigo: str
) -> None:
    cuerpo = exigir_sobre(getattr(cliente_api, metodo)(f"{RUTA}/{pk}", {}), estado, codigo)
    if estado == 422:
        assert cuerpo["errores"][0]["ubicacion"] == "path"


def test_metodos_que_no_hay(cliente_api: ClienteApi, harina: dict[str, Any]) -> None:
    for metodo, ruta in (
        (cliente_api.delete, RUTA),
        (cliente_api.put, RUTA),
        (cliente_api.post, f"{RUTA}/1"),
    ):
        respuesta = metodo(ruta, {})
        exigir_sobre(respuesta, 405, "metodo_no_permitido")
        assert "GET" in respuesta["Allow"]
    assert cliente_api.options(RUTA).status_code == 200


# ── Quién ───────────────────────────────────────────────────────────────────────────────────────


def test_otra_empresa_no_lo_ve(
    cliente_api: ClienteApi,
    cliente_ajeno: ClienteApi,
    harina: dict[str, Any],
    otra_empresa: Empresa,
    actor: Actor,
) -> None:
    antes = _tabla()
    for metodo in (cliente_ajeno.get, cliente_ajeno.put, cliente_ajeno.patch, cliente_ajeno.delete):
        exigir_sobre(metodo(f"{RUTA}/{harina['id']}", {}), 404, "no_encontrado")
    assert cliente_ajeno.get(RUTA).json() == []
    categoria, proveedor = crear_categoria(actor=actor, nombre="C"), crear_proveedor(actor=actor, nombre="P")
    for clave, valor in {
        "categoria_id": categoria.pk,
        "categoria": "C",
        "proveedor_id": proveedor.pk,
    }.items():
        exigir_sobre(cliente_ajeno.post(RUTA, {**HARINA, clave: valor}), 422, "validacion")
    assert cliente_ajeno.post(RUTA, {**HARINA, "empresa": 1, "empresa_id": 1}).status_code == 201
    assert _tabla() == antes
    with scope(empresa=otra_empresa):
        assert [fila["sku"] for fila in _tabla()] == ["HAR-MAIZ-1K"]


def test_sin_credencial_o_sin_alcance_no_pasa(
    cliente_anonimo: ClienteApi, cliente_con_alcances: Callable[..., ClienteApi], harina: dict[str, Any]
) -> None:
    ruta = f"{RUTA}/{harina['id']}"
    antes = _tabla()
    for respuesta in (
        cliente_anonimo.get(RUTA),
        cliente_anonimo.post(RUTA, HARINA),
        cliente_anonimo.delete(ruta),
    ):
        exigir_sobre(respuesta, 401, "no_autenticado")
    lector = cliente_con_alcances("inventory:read")
    assert lector.get(ruta).status_code == 200
    for respuesta in (lector.post(RUTA, HARINA), lector.put(ruta, {"precio": 1}), lector.delete(ruta)):
        exigir_sobre(respuesta, 403, "sin_permiso")
    escritor = cliente_con_alcances("inventory:write")
    exigir_sobre(escritor.delete(ruta), 403, "sin_permiso")
    exigir_sobre(escritor.get(ruta), 403, "sin_permiso")
    assert _tabla() == antes


@pytest.mark.parametrize(
    ("campo", "frase"),
    [("categoria_id", "No existe esa categoría."), ("proveedor_id", "No existe ese proveedor.")],
)
def test_crear_con_lo_que_no_existe_dice_que_es(cliente_api: ClienteApi, campo: str, frase: str) -> None:
    respuesta = cliente_api.post(
        "/api/v1/productos", {"nombre": "N", "sku": "N-1", "precio": 1, campo: 999_999}
    )
    assert (respuesta.status_code, respuesta.json()["detail"]) == (422, frase)
    assert respuesta.json()["errores"][0]["campo"] == campo
