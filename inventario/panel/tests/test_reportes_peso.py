"""Un reporte que leería demasiado no se arma mientras alguien espera: se ofrece encargarlo."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from inventario.lotes.models import Lote
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Existencia, Motivo
from inventario.movimientos.tests.mundo import HOY, Mundo
from inventario.panel.reportes import pagina, peso
from inventario.panel.tests.conftest import Navegador

PESADOS = sorted(peso._PESOS)
TOPES = ("SUMADAS", "ROTADAS", "JUNTADAS", "LEIDAS")
AYER = HOY - timedelta(days=1)


@pytest.fixture
def movida(granja: Mundo) -> Mundo:
    """Dos lotes que vencen pronto, cada uno con una salida y una merma."""
    for numero in range(2):
        lote = granja.entrada(granja.producto(f"P-{numero}"), 9, vence=HOY + timedelta(days=5))
        granja.salida(lote, 1)
        granja.merma(lote, 1)
    return granja


@pytest.mark.parametrize("clave", PESADOS)
def test_justo_en_el_tope_se_ve_y_con_uno_mas_se_encarga(
    movida: Mundo, navegador: Navegador, monkeypatch: pytest.MonkeyPatch, clave: str
) -> None:
    # Ayer no se había movido nada: la valorización lee todo lo de después, y los rangos empiezan ese día.
    ruta = f"/reportes/{clave}/?fecha={AYER}&desde={AYER}"
    for tope, aparte in ((6, False), (0, True)):
        for cual in TOPES:
            monkeypatch.setattr(peso, cual, tope)
        respuesta = navegador.get(ruta)
        assert (respuesta.status_code, respuesta.context["aparte"]) == (200, aparte)
        assert ("visto" in respuesta.context) is not aparte
        ofrece = f'action="/reportes/{clave}/encargar/?' in respuesta.content.decode()
        assert ofrece is aparte


def test_su_archivo_tampoco_se_arma_al_momento(
    movida: Mundo, navegador: Navegador, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruta = "/reportes/rotacion/archivo.csv"
    assert navegador.get(ruta)["Content-Type"].startswith("text/csv")
    monkeypatch.setattr(peso, "ROTADAS", 0)
    assert navegador.get(ruta).context["aparte"] is True


def salidas_de_a_uno(mundo: Mundo, lote: Lote, cuantas: int) -> None:
    """Un despacho al tanque T1 de tantas líneas; por los servicios, una por una, tardaría minutos."""
    glosa = Glosa(motivo=Motivo.CONSUMO, modulo="engorde", tanque="T1")
    [primera] = mundo.salida(lote, 1, glosa=glosa).lineas
    mas = cuantas - 1
    iguales = (
        "empresa_id, asiento_id, producto_id, bodega_id, lote_id, tipo, fecha_efectiva, cantidad, "
        "costo_unitario, nota"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO movimientos_movimiento ({iguales}, saldo_lote_tras, fisica_tras) "
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
            f"SELECT {iguales}, saldo_lote_tras - i, fisica_tras - i FROM movimientos_movimiento, n "
            "WHERE id = %s ORDER BY i",
            [mas, primera.pk],
        )
    Lote.objects.filter(pk=lote.pk).update(saldo=F("saldo") - mas)
    Existencia.objects.filter(producto=lote.producto_id).update(fisica=F("fisica") - mas)


def test_con_mas_lineas_de_las_que_se_esperan_se_ven_los_ultimos_tres_dias(
    granja: Mundo, navegador: Navegador
) -> None:
    """Con líneas de verdad: miles en un tanque son una fila, y ocho mil en treinta días son demasiadas."""
    hoy_salen = 2_001
    granja.reloj.avanzar(days=-20)
    lote = granja.entrada(granja.producto(), 10_000, costo="0.1")
    salidas_de_a_uno(granja, lote, peso.JUNTADAS - hoy_salen)
    granja.reloj.avanzar(days=20)
    lote.refresh_from_db()
    ruta = "/reportes/consumo-por-modulo/"
    # Seis mil caben, y siguen siendo una sola fila.
    caben = navegador.get(ruta)
    [fila] = caben.context["filas"]
    assert (fila[3].texto, fila[5].texto, fila[6].texto) == ("5.999", "599,90", "5999")
    assert ("acortado" in caben.context, caben.context["aparte"]) == (False, False)
    salidas_de_a_uno(granja, lote, hoy_salen + 1)
    acortada = navegador.get(ruta)
    [fila] = acortada.context["filas"]
    assert (fila[3].texto, fila[5].texto) == ("2.002", "200,20")
    html = acortada.content.decode()
    los_tres = f"desde={HOY - timedelta(days=2)}&amp;hasta={HOY}"
    assert "los últimos 3 días" in html
    assert f"archivo.csv?{los_tres}" in html
    # Quien pide los treinta días los pide en serio: se le ofrece encargarlos.
    entera = navegador.get(ruta, {"desde": str(HOY - timedelta(days=29))})
    assert entera.context["aparte"] is True
    assert f'action="{ruta}encargar/?desde=' in entera.content.decode()


def test_la_rotacion_que_nadie_acoto_se_ve_de_siete_dias(
    granja: Mundo, navegador: Navegador, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peso, "ROTADAS", 2)
    granja.reloj.avanzar(days=-20)
    lote = granja.entrada(granja.producto(), 9)
    granja.salida(lote, 2)
    granja.reloj.avanzar(days=20)
    ruta = "/reportes/rotacion/"
    assert "acortado" not in navegador.get(ruta).context
    granja.salida(lote, 1)
    supuesta = navegador.get(ruta)
    html = supuesta.content.decode()
    assert (supuesta.context["acortado"], supuesta.context["aparte"]) == (7, False)
    assert "los últimos 7 días" in html
    assert "archivo.csv?dias=7" in html
    # Pedidos, los treinta se encargan; y el archivo sin decir cuántos también es de treinta.
    for larga in (f"{ruta}?dias=30", f"{ruta}archivo.csv"):
        pedida = navegador.get(larga)
        assert ("acortado" in pedida.context, pedida.context["aparte"]) == (False, True)
        assert f'action="{ruta}encargar/' in pedida.content.decode()


def test_los_lotes_por_vencer_se_leen_por_paginas_y_suman_todos(
    granja: Mundo, navegador: Navegador, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cual in TOPES:
        monkeypatch.setattr(peso, cual, 0)
    monkeypatch.setattr(pagina, "POR_PAGINA", 2)
    producto, otro = granja.producto("A"), granja.producto("B")
    for dias in range(3):
        granja.entrada(producto, 3, costo="0.1", vence=HOY + timedelta(days=dias), codigo=f"L-{dias}")
    granja.entrada(otro, 1, costo="9", vence=HOY + timedelta(days=1), codigo="OTRO")
    respuesta = navegador.get("/reportes/lotes-por-vencer/?pagina=2")
    visto = respuesta.context["visto"]
    assert [(fila[1].texto, fila[4].texto) for fila in respuesta.context["filas"]] == [
        ("OTRO", "1"),
        ("L-2", "2"),
    ]
    assert (visto.total, visto.cifras[0].texto) == (4, "9,90")
    assert [(uno.titulo, uno.texto) for uno in visto.resumen] == [
        ("Alimento B", "9,00"),
        ("Alimento A", "0,90"),
    ]
    monkeypatch.setattr(peso, "FILAS_AL_MOMENTO", 3)
    largo = navegador.get("/reportes/lotes-por-vencer/archivo.csv")
    assert 'action="/reportes/lotes-por-vencer/encargar/' in largo.content.decode()


def test_lo_que_vencera_dice_que_un_traslado_no_es_uso(granja: Mundo, navegador: Navegador) -> None:
    assert (
        "Lo que sale por traslado no cuenta como uso"
        in navegador.get("/reportes/vencera-sin-usarse/").content.decode()
    )
