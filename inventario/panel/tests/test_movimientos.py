"""La lista de movimientos, sus filtros y su CSV."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventario.cuentas.permisos import Rol
from inventario.lotes.models import Lote
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.tests.mundo import HOY, Mundo, cant, dia
from inventario.panel.tests.conftest import Navegador, contar_consultas
from inventario.productos.models import Producto

# Sesión, persona, empresa y sus bodegas: 5. De la lista: bodegas, movimientos y productos que se ofrecen.
CONSULTAS = 8


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    return granja.producto("ALIM-35")


@pytest.fixture
def lote(granja: Mundo, producto: Producto) -> Lote:
    return granja.entrada(producto, 20, codigo="L-1", costo="0.335")


def cantidades(navegador: Navegador, consulta: str) -> list[Any]:
    filas = navegador.get(f"/movimientos/?{consulta}").context["tramo"].filas
    return [linea.cantidad for linea in filas]


def bajar(navegador: Navegador, consulta: str = "") -> list[list[str]]:
    respuesta = navegador.get(f"/movimientos/movimientos.csv?{consulta}")
    assert respuesta.status_code == 200
    texto = respuesta.getvalue().decode("utf-8-sig")
    return [linea.split(";") for linea in texto.splitlines()]


def test_lo_mas_nuevo_primero_con_para_que_y_quien(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    glosa = Glosa(motivo=Motivo.CONSUMO, modulo="engorde", tanque="T-4", referencia="OP-9")
    granja.reloj.avanzar(hours=1)
    asiento = granja.salida(lote, 3, glosa=glosa)
    respuesta = navegador.get("/movimientos/")
    assert [linea.cantidad for linea in respuesta.context["tramo"].filas] == [cant(-3), cant(20)]
    texto = " ".join(respuesta.content.decode().split())
    for dato in ("engorde", "tanque T-4", "OP-9", "L-1", "Alimento ALIM-35", str(granja.actor.usuario)):
        assert dato in texto
    assert f'href="/asientos/{asiento.pk}/"' in texto


def test_filtros(granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote) -> None:
    otro = granja.entrada(granja.producto("OTRO"), 7, bodega=granja.otra)
    granja.salida(lote, 3, glosa=Glosa(motivo=Motivo.CONSUMO, modulo="Engorde"))
    assert cantidades(navegador, f"producto={producto.pk}") == [cant(-3), cant(20)]
    assert cantidades(navegador, "tipo=salida") == [cant(-3)]
    assert cantidades(navegador, "modulo=engorde") == [cant(-3)]
    assert cantidades(navegador, f"bodega={granja.otra.pk}") == [otro.saldo]
    assert cantidades(navegador, f"producto={producto.pk}&tipo=entrada") == [cant(20)]
    # Lo mal escrito no filtra.
    assert len(cantidades(navegador, "tipo=raro&producto=x&desde=ayer&cursor=malo")) == 3
    assert "Nada se movió así" in navegador.get("/movimientos/?modulo=nadie").content.decode()


def test_sin_decir_desde_cuando_son_los_ultimos_treinta_dias(
    granja: Mundo, navegador: Navegador, producto: Producto
) -> None:
    for hace in (29, 30):
        granja.entrada(producto, hace, fecha_ingreso=dia(-hace))
    respuesta = navegador.get("/movimientos/")
    assert [linea.cantidad for linea in respuesta.context["tramo"].filas] == [cant(29)]
    assert f'value="{HOY - timedelta(days=29)}"' in respuesta.content.decode()
    assert len(cantidades(navegador, f"desde={dia(-30)}")) == 2
    assert cantidades(navegador, f"desde={dia(-30)}&hasta={dia(-30)}") == [cant(30)]


@pytest.mark.parametrize("mal", ["0001-01-01", "9999-12-31"])
def test_una_fecha_imposible_no_rompe(navegador: Navegador, lote: Lote, mal: str) -> None:
    assert navegador.get(f"/movimientos/?desde={mal}&hasta={mal}").status_code == 200
    assert navegador.get(f"/movimientos/?cursor=s~{mal}T00:00:00%2B00:00~5").status_code == 200
    assert navegador.get(f"/movimientos/?cursor=a~{mal}T00:00:00~999999999999999999").status_code == 200


def test_rango_al_reves_no_muestra_nada_y_lo_dice(navegador: Navegador, lote: Lote) -> None:
    respuesta = navegador.get(f"/movimientos/?desde={HOY}&hasta={dia(-1)}")
    assert "Revise las fechas" in respuesta.content.decode()
    assert list(respuesta.context["filtro"].errors) == ["hasta"]
    assert len(bajar(navegador, f"desde={HOY}&hasta={dia(-1)}")) == 1


def test_las_paginas_van_y_vuelven(granja: Mundo, navegador: Navegador, producto: Producto) -> None:
    # Cien a la misma hora, y después diez más.
    for i in range(110):
        if i == 100:
            granja.reloj.avanzar(minutes=5)
        granja.entrada(producto, i + 1)
    primera = navegador.get("/movimientos/")
    segunda = navegador.get("/movimientos/", {"cursor": primera.context["tramo"].siguiente})
    tercera = navegador.get("/movimientos/", {"cursor": segunda.context["tramo"].siguiente})
    paginas = [[linea.pk for linea in una.context["tramo"].filas] for una in (primera, segunda, tercera)]
    assert [len(pagina) for pagina in paginas] == [50, 50, 10]
    todas = [pk for pagina in paginas for pk in pagina]
    assert todas == sorted(todas, reverse=True)
    assert tercera.context["tramo"].siguiente == ""
    vuelta = navegador.get("/movimientos/", {"cursor": tercera.context["tramo"].anterior})
    assert [linea.pk for linea in vuelta.context["tramo"].filas] == paginas[1]
    # Lo que entra mientras se mira no repite ni esconde nada.
    granja.entrada(producto, 1)
    otra_vez = navegador.get("/movimientos/", {"cursor": primera.context["tramo"].siguiente})
    assert [linea.pk for linea in otra_vez.context["tramo"].filas] == paginas[1]


@pytest.mark.parametrize("cuantos", [1, 60])
def test_hace_siempre_las_mismas_consultas(granja: Mundo, navegador: Navegador, cuantos: int) -> None:
    for i in range(cuantos):
        granja.entrada(granja.producto(f"P-{i}"), 1)
    assert contar_consultas(lambda: navegador.get("/movimientos/")) == CONSULTAS


def test_lo_ajeno_y_lo_que_no_alcanza_no_se_ve(
    granja: Mundo, vecino: Navegador, entrar: Callable[..., Navegador], lote: Lote
) -> None:
    assert cantidades(vecino, "") == []
    assert cantidades(entrar(Rol.OPERADOR, granja.otra), f"bodega={granja.bodega.pk}") == []
    assert len(bajar(vecino)) == 1
    assert len(bajar(entrar(Rol.AUDITOR, granja.otra))) == 1
    assert Navegador().get("/movimientos/movimientos.csv").status_code == 302


def test_htmx_recibe_la_tabla(navegador: Navegador, lote: Lote) -> None:
    assert navegador.fragmento("/movimientos/").content.decode().lstrip().startswith('<div id="tabla"')


def test_csv_trae_todo_lo_que_cumple_el_filtro_del_mas_antiguo_al_mas_nuevo(
    granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote
) -> None:
    for i in range(60):
        granja.salida(lote, "0.1", glosa=Glosa(motivo=Motivo.CONSUMO, modulo="cria" if i % 2 else "=engorde"))
    encabezado, *filas = bajar(navegador, f"producto={producto.pk}")
    assert len(filas) == 61
    primera = dict(zip(encabezado, filas[0], strict=True))
    assert (primera["tipo"], primera["cantidad"], primera["costo_unitario"], primera["costo"]) == (
        "entrada",
        "20",
        "0,335",
        "6,70",
    )
    assert len(bajar(navegador, "modulo=cria")) == 31
    # Una hoja de cálculo no lo toma por fórmula.
    assert {dict(zip(encabezado, fila, strict=True))["modulo"] for fila in filas} == {"", "cria", "'=engorde"}
