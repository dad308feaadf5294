"""Despacho de muchas líneas: todo o nada, y cada línea dice lo suyo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inventario.cuentas.models import Bodega
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import HOY, Mundo, cant
from inventario.panel.tests.conftest import HTMX, Navegador, a_la_vista, contar_consultas
from inventario.productos.models import Producto

MULTIPLE = "/despachos/multiple/"
LINEAS = "/despachos/multiple/lineas/"
# Sesión, persona, empresa y sus bodegas, y las bodegas y productos que se ofrecen.
CONSULTAS = 7


@pytest.fixture
def harina(granja: Mundo) -> Producto:
    producto = granja.producto("HAR-1", nombre="Harina de maíz", codigo_barras="7501031311309")
    granja.entrada(producto, 10, vence=HOY + timedelta(days=30))
    return producto


@pytest.fixture
def red(granja: Mundo) -> Producto:
    producto = granja.producto("RED-1", nombre="Red (fina)", unidad=granja.pieza)
    granja.entrada(producto, 4)
    return producto


def lineas(*escritas: tuple[str, str], **otros: Any) -> dict[str, Any]:
    datos: dict[str, Any] = {"lineas-TOTAL_FORMS": len(escritas), "lineas-INITIAL_FORMS": 0}
    for i, (producto, cantidad) in enumerate(escritas):
        datos |= {f"lineas-{i}-producto": producto, f"lineas-{i}-cantidad": cantidad}
    return {**datos, "motivo": "consumo", **otros}


def errores(respuesta: Any) -> list[dict[str, list[str]]]:
    return [dict(linea.errors) for linea in respuesta.context["lineas"]]


def test_multiple_saca_todo_en_un_asiento(
    granja: Mundo, navegador: Navegador, harina: Producto, red: Producto
) -> None:
    datos = lineas(("HAR-1", "2,5"), ("", ""), ("red-1", "3"), modulo="engorde")
    datos["lineas-0-nota"] = "Para la noche"
    respuesta = navegador.confirmar(MULTIPLE, datos)
    asiento = Asiento.objects.get(tipo="salida")
    assert (respuesta.status_code, respuesta["Location"]) == (303, f"/asientos/{asiento.pk}/")
    hechas = asiento.movimientos.order_by("pk").values_list("producto", "cantidad", "nota")
    assert list(hechas) == [(harina.pk, cant("-2.5"), "Para la noche"), (red.pk, cant(-3), "")]
    assert asiento.modulo == "engorde"


@pytest.mark.parametrize(
    "escrito",
    ["HAR-1", " har-1 ", "7501031311309", "harina de maiz", "Harina de maíz (HAR-1)"],
)
def test_multiple_reconoce_sku_codigo_nombre_y_sugerencia(
    granja: Mundo, navegador: Navegador, harina: Producto, escrito: str
) -> None:
    assert navegador.confirmar(MULTIPLE, lineas((escrito, "1"))).status_code == 303
    assert granja.fisica(harina) == cant(9)


def test_multiple_reconoce_un_nombre_que_termina_en_parentesis(
    granja: Mundo, navegador: Navegador, red: Producto
) -> None:
    assert navegador.confirmar(MULTIPLE, lineas(("Red (fina)", "1"))).status_code == 303
    assert navegador.confirmar(MULTIPLE, lineas(("Red (fina) (RED-1)", "1"))).status_code == 303
    assert granja.fisica(red) == cant(2)


def test_multiple_no_adivina_entre_dos_con_el_mismo_nombre(
    granja: Mundo, navegador: Navegador, harina: Producto
) -> None:
    granja.producto("HAR-2", nombre="Harina de maíz")
    respuesta = navegador.confirmar(MULTIPLE, lineas(("Harina de maíz", "1")))
    assert errores(respuesta) == [{"producto": ["Hay varios con ese nombre: escriba su SKU."]}]


def test_multiple_con_una_linea_que_no_alcanza_no_mueve_ninguna(
    granja: Mundo, navegador: Navegador, harina: Producto, red: Producto
) -> None:
    antes = granja.foto()
    # La tercera ve lo que dejó la primera: sola habría alcanzado.
    respuesta = navegador.confirmar(
        MULTIPLE, lineas(("HAR-1", "6"), ("RED-1", "4"), ("HAR-1", "5")), htmx=True
    )
    assert respuesta.status_code == 422
    assert errores(respuesta) == [
        {},
        {},
        {"cantidad": ["No alcanza: se pidió 5 kg y hay 4 kg disponible."]},
    ]
    assert respuesta.context["formulario"].non_field_errors() == [
        "No salió nada: corrija las líneas marcadas y envíe de nuevo."
    ]
    assert respuesta.content.decode().lstrip().startswith("<form")
    assert granja.foto() == antes


def test_multiple_marca_cada_linea_mal_escrita(
    granja: Mundo, navegador: Navegador, harina: Producto, red: Producto
) -> None:
    antes = granja.foto()
    enviado = lineas(
        ("NO-HAY", "1"), ("RED-1", "1,5"), ("HAR-1", "0"), ("HAR-1", ""), ("", "3"), ("HAR-1", "1")
    )
    respuesta = navegador.confirmar(MULTIPLE, enviado)
    assert respuesta.status_code == 422
    assert errores(respuesta) == [
        {"producto": ["No hay un producto activo con ese SKU, código o nombre."]},
        {"cantidad": ["«u» no se divide: se admiten cantidades enteras."]},
        {"cantidad": ["Debe ser mayor que cero."]},
        {"cantidad": ["Este campo es requerido."]},
        {"producto": ["Este campo es requerido."]},
        {},
    ]
    assert granja.foto() == antes


@pytest.mark.parametrize(
    "enviado",
    [
        lineas(("", ""), ("", "")),
        lineas(),
        {"motivo": "consumo"},
        lineas(*[("HAR-1", "0,01")] * 61),
        {**lineas(("HAR-1", "1")), "lineas-TOTAL_FORMS": "999999999"},
        {**lineas(("HAR-1", "1")), "lineas-TOTAL_FORMS": "x"},
        {**lineas(("HAR-1", "1")), "motivo": "robo"},
    ],
)
def test_multiple_sin_lineas_o_con_demasiadas_no_mueve(
    granja: Mundo, navegador: Navegador, harina: Producto, enviado: dict[str, Any]
) -> None:
    antes = granja.foto()
    assert navegador.confirmar(MULTIPLE, enviado).status_code == 422
    assert granja.foto() == antes


def test_multiple_enviado_dos_veces_sale_una(granja: Mundo, navegador: Navegador, harina: Producto) -> None:
    datos = lineas(("HAR-1", "4"))
    primera, segunda = (navegador.confirmar(MULTIPLE, datos, clave="la-misma") for _ in range(2))
    assert primera["Location"] == segunda["Location"]
    assert granja.fisica(harina) == cant(6)


def test_multiple_sin_permiso_es_403(granja: Mundo, auditor: Navegador, harina: Producto) -> None:
    antes = granja.foto()
    assert auditor.get(MULTIPLE).status_code == 403
    assert auditor.post(LINEAS, lineas()).status_code == 403
    assert auditor.mover(MULTIPLE, lineas(("HAR-1", "1"))).status_code == 403
    assert granja.foto() == antes


def test_multiple_no_conoce_los_productos_de_otra_empresa(
    granja: Mundo, vecino: Navegador, harina: Producto
) -> None:
    antes = granja.foto()
    assert "HAR-1" not in vecino.get(MULTIPLE, {"producto": harina.pk}).content.decode()
    assert vecino.mover(MULTIPLE, lineas(("HAR-1", "1"))).status_code == 422
    assert granja.foto() == antes


def test_multiple_sale_de_la_bodega_elegida(granja: Mundo, navegador: Navegador, harina: Producto) -> None:
    granja.entrada(harina, 5, bodega=granja.otra)
    navegador.confirmar(MULTIPLE, lineas(("HAR-1", "5"), bodega=granja.otra.pk))
    assert (granja.fisica(harina), granja.fisica(harina, granja.otra)) == (cant(10), cant(0))


def test_mas_lineas_conserva_lo_escrito_y_no_mueve(
    granja: Mundo, navegador: Navegador, harina: Producto
) -> None:
    antes = granja.foto()
    respuesta = navegador.post(LINEAS, lineas(("HAR-1", "2,5"), ("", ""), ("NO-HAY", "x"), tanque="T-7"))
    texto = respuesta.content.decode()
    assert len(respuesta.context["lineas"].forms) == 6
    assert all(valor in texto for valor in ('value="HAR-1"', 'value="2,5"', 'value="NO-HAY"', 'value="T-7"'))
    assert errores(respuesta) == [{}] * 6
    assert granja.foto() == antes


def test_una_linea_que_vino_escrita_se_puede_vaciar(
    granja: Mundo, navegador: Navegador, harina: Producto
) -> None:
    datos = {**lineas(("HAR-1", "1"), ("", "")), "lineas-INITIAL_FORMS": 2}
    assert navegador.confirmar(MULTIPLE, datos).status_code == 303
    assert granja.fisica(harina) == cant(9)


def test_mas_lineas_tiene_tope(navegador: Navegador, granja: Mundo) -> None:
    respuesta = navegador.post(LINEAS, lineas(*[("X", "1")] * 60))
    assert len(respuesta.context["lineas"].forms) == 60
    assert not respuesta.context["caben"]
    respuesta = navegador.post(LINEAS, {**lineas(), "lineas-TOTAL_FORMS": "9" * 5000})
    assert len(respuesta.context["lineas"].forms) == 3


@pytest.mark.parametrize("cuantas", [3, 40])
def test_multiple_hace_siempre_las_mismas_consultas(
    granja: Mundo, navegador: Navegador, cuantas: int
) -> None:
    for i in range(cuantas):
        granja.producto(f"P-{i}")
    datos = lineas(*[(f"P-{i}", "1") for i in range(cuantas)])
    assert contar_consultas(lambda: navegador.post(LINEAS, datos, headers=HTMX)) == CONSULTAS


def test_producto_elegido_viene_puesto(granja: Mundo, navegador: Navegador, harina: Producto) -> None:
    Bodega.objects.filter(pk=granja.otra.pk).update(activa=False)
    texto = navegador.get(MULTIPLE, {"producto": harina.pk}).content.decode()
    assert 'value="Harina de maíz (HAR-1)"' in texto
    assert navegador.get(MULTIPLE, {"producto": "x"}).status_code == 200


# ── Mirar y confirmar ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("htmx", [False, True])
def test_multiple_ensena_los_lotes_de_cada_linea_y_sale_al_confirmar(
    granja: Mundo, navegador: Navegador, harina: Producto, red: Producto, htmx: bool
) -> None:
    granja.entrada(harina, 5, vence=HOY + timedelta(days=90), codigo="TARDE")
    antes = granja.foto()
    # La tercera línea ya ve lo que se llevaría la primera.
    datos = lineas(("HAR-1", "8"), ("RED-1", "3"), ("HAR-1", "4"), modulo="en|gor&de")
    primera = navegador.mover(MULTIPLE, datos, clave="la-misma", htmx=htmx)
    html = primera.content.decode()
    assert primera.status_code == 422
    assert errores(primera) == [{}, {}, {}]
    assert "Confirmar el despacho" in html
    assert html.count("del lote TARDE, que vence el") == 1
    assert html.count("que no vence") == 1
    salen = [[(lote.codigo, sale) for lote, sale in linea.salen] for linea in primera.context["lineas"]]
    pronto, de_red = harina.lotes.order_by("pk")[0].codigo, red.lotes.get().codigo
    assert salen == [[(pronto, 8)], [(de_red, 3)], [(pronto, 2), ("TARDE", 2)]]
    assert granja.foto() == antes
    segunda = navegador.mover(MULTIPLE, {**datos, **a_la_vista(primera)}, clave="la-misma", htmx=htmx)
    assert segunda.status_code == (200 if htmx else 303)
    assert (granja.fisica(harina), granja.fisica(red)) == (3, 1)


@pytest.mark.parametrize("cambio", [{"lineas-1-cantidad": "2"}, {"modulo": "engorde"}, {"vistos": ""}])
def test_multiple_con_algo_distinto_de_lo_visto_pide_confirmar_otra_vez(
    granja: Mundo, navegador: Navegador, harina: Producto, red: Producto, cambio: dict[str, str]
) -> None:
    datos = lineas(("HAR-1", "8"), ("RED-1", "3"))
    vistos = a_la_vista(navegador.mover(MULTIPLE, datos))
    assert sorted(vistos) == ["lineas-0-vistos", "lineas-1-vistos"]
    antes = granja.foto()
    enviado = {**datos, **({} if "vistos" in cambio else vistos), **cambio}
    respuesta = navegador.mover(MULTIPLE, enviado)
    assert respuesta.status_code == 422
    assert granja.foto() == antes
    assert navegador.mover(MULTIPLE, {**enviado, **a_la_vista(respuesta)}).status_code == 303


def test_multiple_dice_que_linea_cambio_desde_que_se_vio(
    granja: Mundo, navegador: Navegador, harina: Producto, red: Producto
) -> None:
    granja.entrada(harina, 5, vence=HOY + timedelta(days=90), codigo="TARDE")
    datos = lineas(("HAR-1", "8"), ("RED-1", "3"))
    vistos = a_la_vista(navegador.mover(MULTIPLE, datos))
    granja.fefo(harina, 4)
    antes = granja.foto()
    respuesta = navegador.mover(MULTIPLE, {**datos, **vistos})
    assert respuesta.status_code == 422
    assert [linea.cambio for linea in respuesta.context["lineas"]] == [True, False]
    assert respuesta.content.decode().count("Cambió desde que lo vio.") == 1
    assert granja.foto() == antes
