"""Los reportes por la API: formas, órdenes, ventanas, formatos, rechazos y consultas fijas."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from inventario.cuentas.models import ClaveApi
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.mundo import AHORA, HOY, Mundo, dia
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.reportes.api import movimientos as en_linea

pytestmark = pytest.mark.django_db
R = "/api/v1/reportes"
RANGO = f"{R}/movimientos-por-rango-fecha"
HOY_HOY = f"{RANGO}?fecha_inicio={HOY}&fecha_fin={HOY}"
TODOS = (
    "top-productos-disponibles",
    "inventario-basico",
    "lotes-por-vencer",
    f"movimientos-por-rango-fecha?fecha_inicio={HOY}&fecha_fin={HOY}",
    "valorizacion",
    "rotacion",
    "vencera-sin-usarse",
    f"mermas?fecha_inicio={HOY}&fecha_fin={HOY}",
    f"consumo-por-modulo?fecha_inicio={HOY}&fecha_fin={HOY}",
)


def con(ruta: str, parametros: str) -> str:
    return f"{R}/{ruta}{'&' if '?' in ruta else '?'}{parametros}"


def archivo(respuesta: Any) -> bytes:
    assert respuesta.status_code == 200
    contenido: bytes = respuesta.getvalue()
    return contenido


# ── E13 y E14 ───────────────────────────────────────────────────────────────────────────────────


def test_top_sin_decir_cuantos_da_cinco_y_los_de_cero_si_sobra_lugar(
    granja: Mundo, cliente: ClienteApi
) -> None:
    for n, cuanto in enumerate((3, 0, 8, 5, 1, 2)):
        producto = granja.producto(f"P-{n}", nombre=f"Producto {n}")
        if cuanto:
            granja.entrada(producto, cuanto)
    respuesta = cliente.get(f"{R}/top-productos-disponibles")
    assert respuesta.status_code == 200
    filas = respuesta.json()
    assert [(fila["sku"], fila["cantidad_actual"]) for fila in filas] == [
        ("P-2", 8),
        ("P-3", 5),
        ("P-0", 3),
        ("P-5", 2),
        ("P-4", 1),
    ]
    todos = cliente.get(f"{R}/top-productos-disponibles?top_n=100").json()
    assert [fila["sku"] for fila in todos][-1] == "P-1"
    assert todos[0] == cliente.get("/api/v1/productos?buscar=P-2").json()[0]


def test_top_empatados_por_nombre_y_luego_por_id(granja: Mundo, cliente: ClienteApi) -> None:
    for n, nombre in enumerate(("Ñandú", "nube", "Ópera", "Nube", "Ñandú")):
        granja.entrada(granja.producto(f"P-{n}", nombre=nombre), 2)
    filas = cliente.get(f"{R}/top-productos-disponibles").json()
    assert [fila["sku"] for fila in filas] == ["P-1", "P-3", "P-0", "P-4", "P-2"]


def test_inventario_basico_da_todos_o_la_pagina_que_se_pida(granja: Mundo, cliente: ClienteApi) -> None:
    productos = [granja.producto(f"P-{n}") for n in range(5)]
    granja.entrada(productos[1], "2.5")
    respuesta = cliente.get(f"{R}/inventario-basico")
    assert respuesta["X-Total-Count"] == "5"
    assert [(fila["id"], fila["cantidad_actual"]) for fila in respuesta.json()] == [
        (uno.pk, 2.5 if uno is productos[1] else 0) for uno in productos
    ]
    pagina = cliente.get(f"{R}/inventario-basico?skip=1&limit=2")
    assert [fila["id"] for fila in pagina.json()] == [productos[1].pk, productos[2].pk]
    assert pagina["X-Total-Count"] == "5"
    assert 'rel="next"' in pagina["Link"]
    assert pagina.json()[0] == respuesta.json()[1]
    assert respuesta.json() == cliente.get("/api/v1/productos").json()


# ── E15 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("parametros", "esperados"),
    [
        ("", [0, 1, 30]),
        ("?days_threshold=30", [0, 1, 30]),
        ("?days=1", [0, 1]),
        ("?days_threshold=1&days=40", [0, 1]),
        ("?days_threshold=31&incluir_vencidos=true", [-3, 0, 1, 30, 31]),
        ("?days_threshold=3650", [0, 1, 30, 31]),
    ],
)
def test_ventana_de_los_lotes_por_vencer(
    granja: Mundo, cliente: ClienteApi, parametros: str, esperados: list[int]
) -> None:
    producto = granja.producto()
    for dias in (31, -3, 30, 0, 1):
        granja.entrada(producto, 2, costo="0.335", vence=dia(dias))
    granja.entrada(producto, 2)
    respuesta = cliente.get(f"{R}/lotes-por-vencer{parametros}")
    assert respuesta.status_code == 200
    assert [fila["dias_para_vencer"] for fila in respuesta.json()] == esperados
    assert respuesta["X-Total-Count"] == str(len(esperados))
    assert respuesta["X-Total-Valor"] == str(round(Decimal("0.67") * len(esperados), 2))


def test_los_que_vencen_el_mismo_dia_van_por_id(granja: Mundo, cliente: ClienteApi) -> None:
    producto, otro = granja.producto("Z"), granja.producto("A")
    lotes = [granja.entrada(uno, 1, vence=dia(5)) for uno in (producto, otro, producto)]
    antes = granja.entrada(otro, 1, vence=dia(4))
    filas = cliente.get(f"{R}/lotes-por-vencer").json()
    assert [fila["id"] for fila in filas] == [antes.pk, *(lote.pk for lote in lotes)]


# ── E16 ─────────────────────────────────────────────────────────────────────────────────────────


def test_de_hoy_a_hoy_estan_los_de_hoy_con_su_producto_y_los_totales(
    granja: Mundo, cliente: ClienteApi
) -> None:
    producto = granja.producto(nombre="Harina")
    with time_machine.travel(AHORA - timedelta(days=1), tick=False):
        granja.reloj.ahora = AHORA - timedelta(days=1)
        granja.entrada(producto, 5)
    granja.reloj.ahora = AHORA
    lote = granja.entrada(producto, 10, costo="0.335")
    granja.salida(lote, 3)
    granja.merma(lote, "0.5")
    respuesta = cliente.get(HOY_HOY)
    assert respuesta.status_code == 200
    filas = respuesta.json()
    assert [(fila["tipo"], fila["cantidad"]) for fila in filas] == [
        ("entrada", 10),
        ("salida", 3),
        ("ajuste_negativo", 0.5),
    ]
    assert {(f["producto_id"], f["producto_sku"], f["producto_nombre"]) for f in filas} == {
        (producto.pk, producto.sku, "Harina")
    }
    totales = {
        clave: respuesta[f"X-Total-{clave}"]
        for clave in ("Count", "Entradas", "Salidas", "Valor-Entradas", "Valor-Salidas")
    }
    assert totales == {
        "Count": "3",
        "Entradas": "10",
        "Salidas": "3.5",
        "Valor-Entradas": "3.35",
        "Valor-Salidas": "1.17",
    }
    pagina = cliente.get(f"{HOY_HOY}&skip=1&limit=1")
    assert (pagina.json(), pagina["X-Total-Count"]) == ([filas[1]], "3")
    assert cliente.get(f"{HOY_HOY}&tipo=salida").json() == [filas[1]]
    assert cliente.get(f"{HOY_HOY}&producto_id={producto.pk + 1}").json() == []
    ayer = HOY - timedelta(days=1)
    assert len(cliente.get(f"{RANGO}?fecha_inicio={ayer}&fecha_fin={HOY}").json()) == 4


def test_la_medianoche_es_la_de_la_empresa(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    for momento in ("2026-03-10T04:59:59Z", "2026-03-10T05:00:00Z"):
        with time_machine.travel(momento, tick=False):
            granja.reloj.ahora = datetime.fromisoformat(momento)
            granja.entrada(producto, 1)
    filas = cliente.get(HOY_HOY).json()
    assert [fila["fecha_movimiento"] for fila in filas] == ["2026-03-10T05:00:00Z"]


def test_un_rango_que_no_cabe_se_rechaza_y_se_puede_paginar(
    granja: Mundo, cliente: ClienteApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(en_linea, "FILAS_EN_LINEA", 2)
    for _ in range(3):
        granja.entrada(granja.producto() if _ == 0 else granja.producto(f"X{_}"), 1)
    for ruta in (HOY_HOY, f"{HOY_HOY}&formato=csv", f"{HOY_HOY}&formato=xlsx"):
        respuesta = cliente.get(ruta)
        assert (respuesta.status_code, respuesta.json()["codigo"]) == (422, "demasiadas_filas")
        assert respuesta.json()["errores"][0]["campo"] == "fecha_fin"
    assert len(cliente.get(f"{HOY_HOY}&limit=3").json()) == 3


# ── Los nuevos ──────────────────────────────────────────────────────────────────────────────────


def test_valorizacion_ahora_al_cierre_de_un_dia_y_en_un_instante(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto(nombre="Harina")
    granja.reloj.ahora = AHORA - timedelta(days=1)
    granja.entrada(producto, 3, costo="0.335")
    granja.reloj.ahora = AHORA
    granja.fefo(producto, 1)
    fila = {
        "producto_id": producto.pk,
        "producto_sku": producto.sku,
        "producto_nombre": "Harina",
        "unidad": "kg",
        "cantidad": 2,
        "costo_medio": 0.335,
        "valor": 0.67,
    }
    ahora = cliente.get(f"{R}/valorizacion").json()
    assert ahora == {"al": "2026-03-10T15:00:00Z", "valor": 0.67, "filas": [fila]}
    ayer = cliente.get(f"{R}/valorizacion?fecha=2026-03-09").json()
    assert ayer == {
        "al": "2026-03-10T04:59:59.999999Z",
        "valor": 1.01,
        "filas": [{**fila, "cantidad": 3, "valor": 1.01}],
    }
    antes = cliente.get(f"{R}/valorizacion?al=2026-03-09T09:59:59-05:00").json()
    assert (antes["valor"], antes["filas"]) == (0, [])


def test_rotacion(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto(nombre="Harina")
    granja.reloj.ahora = AHORA - timedelta(days=40)
    granja.entrada(producto, 100, costo=2)
    granja.reloj.ahora = AHORA - timedelta(days=10)
    granja.fefo(producto, 60)
    granja.reloj.ahora = AHORA
    cuerpo = cliente.get(f"{R}/rotacion?dias=30").json()
    assert cuerpo == {
        "dias": 30,
        "costo_consumido": 120,
        "valor_promedio": 140,
        "rotacion": 0.8571,
        "filas": [
            {
                "producto_id": producto.pk,
                "producto_sku": producto.sku,
                "producto_nombre": "Harina",
                "unidad": "kg",
                "existencia": 40,
                "utilizable": 40,
                "consumido": 60,
                "costo_consumido": 120,
                "consumo_diario": 2,
                "inventario_promedio": 70,
                "rotacion": 0.8571,
                "rotacion_anual": 10.4286,
                "dias_de_cobertura": 20,
                "se_agota_el": "2026-03-30",
            }
        ],
    }


def test_lo_que_vencera_sin_usarse(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 10, costo="1.5", vence=dia(2), codigo="L-1")
    cuerpo = cliente.get(f"{R}/vencera-sin-usarse?horizonte=2&dias_de_consumo=10").json()
    assert {clave: cuerpo[clave] for clave in ("dias_de_consumo", "horizonte", "valor")} == {
        "dias_de_consumo": 10,
        "horizonte": 2,
        "valor": 15,
    }
    [fila] = cuerpo["filas"]
    assert (fila["id"], fila["codigo"], fila["sobrara"], fila["se_usara"]) == (lote.pk, "L-1", 10, 0)
    assert (fila["fecha_vencimiento"], fila["dias_para_vencer"]) == ("2026-03-12", 2)
    assert cliente.get(f"{R}/vencera-sin-usarse?horizonte=1").json()["filas"] == []


def test_mermas_y_consumo(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto(nombre="Harina")
    lote = granja.entrada(producto, 10, costo="0.335")
    granja.merma(lote, 3)
    granja.peps(producto, 1, glosa=Glosa(modulo="biofloc", tanque="T1"))
    perdidas = cliente.get(f"{R}/mermas?fecha_inicio={HOY}&fecha_fin={HOY}").json()
    assert (perdidas["costo"], perdidas["por_motivo"]) == (
        1.01,
        [{"motivo": "merma", "costo": 1.01, "lineas": 1}],
    )
    assert perdidas["filas"] == [
        {
            "motivo": "merma",
            "producto_id": producto.pk,
            "producto_sku": producto.sku,
            "producto_nombre": "Harina",
            "unidad": "kg",
            "cantidad": 3,
            "costo": 1.01,
            "lineas": 1,
        }
    ]
    consumo = cliente.get(f"{R}/consumo-por-modulo?fecha_inicio={HOY}&fecha_fin={HOY}&modulo=biofloc").json()
    assert consumo["por_modulo"] == [{"modulo": "biofloc", "costo": 0.34, "lineas": 1}]
    [fila] = consumo["filas"]
    assert (fila["modulo"], fila["tanque"], fila["cantidad"], fila["costo"], fila["ultimo"]) == (
        "biofloc",
        "T1",
        1,
        0.34,
        "2026-03-10T15:00:00Z",
    )


# ── Formatos ────────────────────────────────────────────────────────────────────────────────────


def test_csv_byte_por_byte(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto('=SUMA(A1);"x"', nombre="Ñame, «fino»")
    lote = granja.entrada(producto, "12.5", costo="0.335", codigo="-1+1")
    salida = granja.salida(
        lote,
        3,
        glosa=Glosa(motivo=Motivo.CONSUMO, referencia="@cmd", modulo="biofloc", tanque="T1"),
    )
    respuesta = cliente.get(f"{HOY_HOY}&formato=csv&tipo=salida", headers={"Accept": "text/csv"})
    assert respuesta["Content-Type"] == "text/csv; charset=utf-8"
    assert respuesta["Content-Disposition"] == (
        'attachment; filename="movimientos-por-rango-fecha-2026-03-10.csv"'
    )
    assert respuesta.streaming
    encabezado = (
        "id;fecha_movimiento;tipo;producto_id;producto_sku;producto_nombre;lote_id;lote_codigo;bodega;"
        "cantidad;unidad;costo_unitario;costo;saldo_lote;asiento;usuario;motivo;justificacion;referencia;"
        "modulo;tanque"
    )
    linea = (
        f"{salida.lineas[0].pk};2026-03-10 10:00:00;salida;{producto.pk};"
        f'"\'=SUMA(A1);""x""";Ñame, «fino»;{lote.pk};\'-1+1;{granja.bodega.codigo};'
        f"3;kg;0,335;1,01;9,5;{salida.numero};{granja.actor.usuario};consumo;;'@cmd;biofloc;T1"
    )
    contenido = archivo(respuesta)
    assert contenido == b"\xef\xbb\xbf" + f"{encabezado}\r\n{linea}\r\n".encode()
    assert int(respuesta["Content-Length"]) == len(contenido)


def test_xlsx_se_relee_con_numeros_fechas_y_texto_que_no_es_formula(
    granja: Mundo, cliente: ClienteApi
) -> None:
    producto = granja.producto("=1+1", nombre="Harina")
    granja.entrada(producto, "12.5", costo="0.335", vence=dia(3))
    respuesta = cliente.get(f"{R}/lotes-por-vencer?formato=xlsx")
    assert respuesta["Content-Type"].endswith("spreadsheetml.sheet")
    hoja = load_workbook(io.BytesIO(archivo(respuesta))).active
    assert hoja is not None
    titulos, fila = hoja.iter_rows()
    celdas = {titulo.value: celda for titulo, celda in zip(titulos, fila, strict=True)}
    assert (celdas["SKU"].value, celdas["SKU"].data_type) == ("'=1+1", "s")
    assert (celdas["Saldo"].value, celdas["Costo unitario"].value, celdas["Valor"].value) == (
        12.5,
        0.335,
        4.19,
    )
    vence: Any = celdas["Vence"].value
    assert vence.date() == dia(3)
    assert celdas["Bloqueado"].value == "no"
    assert celdas["Días para vencer"].value == 3
    formatos = [celdas[titulo].number_format for titulo in ("Saldo", "Valor", "Vence")]
    assert formatos == ["General", "#,##0.00", "yyyy-mm-dd"]


@pytest.mark.parametrize("ruta", TODOS)
def test_todo_reporte_sale_en_los_tres_formatos_aun_vacio(
    granja: Mundo, cliente: ClienteApi, ruta: str
) -> None:
    vacio = cliente.get(f"{R}/{ruta}").json()
    assert vacio == [] or vacio["filas"] == []
    for lleno in (False, True):
        if lleno:
            producto = granja.producto()
            lote = granja.entrada(producto, 9, costo=1, vence=dia(1))
            granja.merma(lote, 1)
            granja.peps(producto, 2)
        cuerpo = cliente.get(f"{R}/{ruta}").json()
        filas = cuerpo if isinstance(cuerpo, list) else cuerpo["filas"]
        assert bool(filas) is lleno
        lineas = archivo(cliente.get(con(ruta, "formato=csv"))).decode("utf-8-sig").splitlines()
        assert len(lineas) == len(filas) + 1
        libro = load_workbook(io.BytesIO(archivo(cliente.get(con(ruta, "formato=xlsx")))))
        assert libro.active is not None
        assert libro.active.max_row == len(filas) + 1
        if filas and isinstance(cuerpo, dict):
            assert list(filas[0]) == lineas[0].split(";")


# ── Quién y qué se admite ───────────────────────────────────────────────────────────────────────

MALAS = {
    "top-productos-disponibles": ["top_n=0", "top_n=101", "top_n=x", "top_n=1.5", "formato=pdf"],
    "inventario-basico": ["limit=0", "limit=501", "skip=-1", "limit=x"],
    "lotes-por-vencer": [
        "days_threshold=0",
        "days_threshold=3651",
        "days_threshold=999999999999",
        "days=0",
        "days=30.5",
        "incluir_vencidos=quizas",
        "bodega=no-hay",
    ],
    "movimientos-por-rango-fecha": [
        f"fecha_inicio={HOY}",
        f"fecha_fin={HOY}",
        f"fecha_inicio={dia(1)}&fecha_fin={HOY}",
        f"fecha_inicio=10/03/2026&fecha_fin={HOY}",
        f"fecha_inicio=86400&fecha_fin={HOY}",
        f"fecha_inicio=0001-01-01&fecha_fin={HOY}",
        f"fecha_inicio={HOY}&fecha_fin=9999-12-31",
        f"fecha_inicio={HOY}&fecha_fin={HOY}&tipo=transferencia",
        f"fecha_inicio={HOY}&fecha_fin={HOY}&producto_id=0",
        f"fecha_inicio={HOY}&fecha_fin={HOY}&tipo=%00",
    ],
    "valorizacion": [
        f"fecha={dia(1)}",
        "al=2026-03-10T15:00:01Z",
        "al=2026-03-10",
        f"fecha={HOY}&al=2026-03-09T00:00:00Z",
    ],
    "rotacion": ["dias=0", "dias=367"],
    "vencera-sin-usarse": ["dias_de_consumo=0", "horizonte=3651"],
    "mermas": ["", f"fecha_inicio={dia(1)}&fecha_fin={HOY}"],
    "consumo-por-modulo": ["", f"fecha_inicio={HOY}&fecha_fin={HOY}&modulo={'x' * 65}"],
}


@pytest.mark.parametrize(("reporte", "mala"), [(uno, mala) for uno, malas in MALAS.items() for mala in malas])
def test_lo_mal_pedido_se_rechaza_en_todos_los_formatos(
    granja: Mundo, cliente: ClienteApi, reporte: str, mala: str
) -> None:
    for formato in ("", "&formato=csv"):
        if "formato" in mala and formato:
            continue
        respuesta = cliente.get(f"{R}/{reporte}?{mala}{formato}")
        assert (respuesta.status_code, respuesta.json()["codigo"]) == (422, "validacion")
        assert {error["ubicacion"] for error in respuesta.json()["errores"]} == {"query"}


def test_sin_fechas_se_dicen_las_dos_que_faltan(cliente: ClienteApi) -> None:
    respuesta = cliente.get(RANGO)
    assert respuesta.status_code == 422
    assert [(e["campo"], e["codigo"]) for e in respuesta.json()["errores"]] == [
        ("fecha_inicio", "required"),
        ("fecha_fin", "required"),
    ]


@pytest.mark.parametrize("ruta", TODOS)
def test_anonimo_sin_permiso_ajeno_y_otros_metodos(
    granja: Mundo, cliente: ClienteApi, ajeno: ClienteApi, cliente_anonimo: ClienteApi, ruta: str
) -> None:
    lote = granja.entrada(granja.producto(), 5, costo=1, vence=dia(1))
    granja.merma(lote, 1)
    granja.peps(lote.producto, 1)
    assert cliente_anonimo.get(f"{R}/{ruta}").status_code == 401
    assert cliente_de(granja, "inventory:write").get(f"{R}/{ruta}").status_code == 403
    de_otra = ajeno.get(f"{R}/{ruta}").json()
    assert de_otra == [] or de_otra["filas"] == []
    assert cliente.post(f"{R}/{ruta}", {}).status_code == 405
    sin_barra, con_barra = f"{R}/{ruta}", f"{R}/{ruta}".replace("?", "/?") if "?" in ruta else f"{R}/{ruta}/"
    assert cliente.get(con_barra).json() == cliente.get(sin_barra).json()


def test_quien_esta_limitado_a_una_bodega_solo_ve_lo_suyo(granja: Mundo) -> None:
    producto = granja.producto()
    suyo = granja.entrada(producto, 5, costo=1, vence=dia(1), bodega=granja.otra)
    granja.entrada(producto, 7, costo=1, vence=dia(1))
    limitado = cliente_de(granja, "inventory:read")
    ClaveApi.objects.get(empresa=granja.empresa).bodegas_permitidas.add(granja.otra)
    assert [fila["id"] for fila in limitado.get(f"{R}/lotes-por-vencer").json()] == [suyo.pk]
    assert limitado.get(f"{R}/valorizacion").json()["valor"] == 5
    assert [fila["lote_id"] for fila in limitado.get(HOY_HOY).json()] == [suyo.pk]
    ajena = limitado.get(f"{R}/valorizacion?bodega={granja.bodega.codigo}")
    assert (ajena.status_code, ajena.json()["codigo"]) == (403, "sin_permiso")
    assert limitado.get(f"{R}/valorizacion?bodega={granja.otra.codigo}").json()["valor"] == 5


# ── Consultas fijas ─────────────────────────────────────────────────────────────────────────────

POCAS, MUCHAS = 3, 40
DE_TRANSACCION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")
# Identificar la clave y hallar su bodega son dos de ellas.
CONSULTAS = {
    "top-productos-disponibles?top_n=100": 6,
    "inventario-basico": 6,
    "inventario-basico?limit=500": 7,
    "lotes-por-vencer": 3,
    f"movimientos-por-rango-fecha?fecha_inicio={dia(-9)}&fecha_fin={HOY}": 4,
    f"movimientos-por-rango-fecha?fecha_inicio={dia(-9)}&fecha_fin={HOY}&limit=500": 5,
    "valorizacion": 5,
    # A una fecha reciente es lo de ahora menos lo que se movió después.
    f"valorizacion?fecha={HOY}": 6,
    "rotacion": 6,
    "vencera-sin-usarse": 5,
    f"mermas?fecha_inicio={dia(-9)}&fecha_fin={HOY}": 5,
    f"consumo-por-modulo?fecha_inicio={dia(-9)}&fecha_fin={HOY}": 5,
}


@pytest.fixture
def contar(cliente: ClienteApi) -> Callable[[str], tuple[int, int]]:
    def medir(ruta: str) -> tuple[int, int]:
        assert cliente.get(ruta).status_code == 200  # anota el uso de la clave: va una vez por minuto
        with CaptureQueriesContext(connection) as consultas:
            cuerpo = cliente.get(ruta).json()
        filas = cuerpo if isinstance(cuerpo, list) else cuerpo["filas"]
        return len(filas), len([c for c in consultas if not c["sql"].startswith(DE_TRANSACCION)])

    return medir


@pytest.mark.parametrize(("ruta", "consultas"), CONSULTAS.items())
def test_un_reporte_cuesta_las_mismas_consultas_con_pocas_filas_que_con_muchas(
    granja: Mundo, contar: Callable[[str], tuple[int, int]], ruta: str, consultas: int
) -> None:
    medidas: list[tuple[int, int]] = []
    for hasta in (POCAS, MUCHAS):
        for n in range(POCAS if medidas else 0, hasta):
            lote = granja.entrada(granja.producto(f"P-{n}"), 5, costo=n, vence=dia(n % 28))
            granja.merma(lote, 1)
            granja.peps(lote.producto, 1, glosa=Glosa(modulo=f"m{n}"))
        medidas.append(contar(f"{R}/{ruta}"))
    assert medidas[0][0] < medidas[1][0], "No creció lo leído: la prueba no probaría nada."
    assert [medida[1] for medida in medidas] == [consultas, consultas]


def test_la_hora_de_un_reporte_es_utc(granja: Mundo, cliente: ClienteApi) -> None:
    assert cliente.get(f"{R}/valorizacion").json()["al"] == AHORA.astimezone(UTC).isoformat().replace(
        "+00:00", "Z"
    )
