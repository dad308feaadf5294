"""Alertas a la vez que todo lo demás, en PostgreSQL: una por causa, y al final dicen lo que hay."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError

from inventario.alertas import proyeccion
from inventario.alertas.condiciones import Causa
from inventario.alertas.models import Alerta
from inventario.alertas.proyeccion import recalcular
from inventario.alertas.services import revisar
from inventario.eventos import tasks
from inventario.eventos.models import Entrega, Evento
from inventario.movimientos.tests.mundo import Mundo, cant, dia
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.integridad import restriccion_violada
from inventario.productos.models import Producto
from inventario.productos.services import editar_producto
from inventario.tests.carreras import Tarea, a_la_vez, contar_a_la_vez, cuadra, repetir

pytestmark = pytest.mark.postgresql


def _recalcular(mundo: Mundo, *productos: Producto) -> Tarea:
    return lambda: recalcular(mundo.empresa, [uno.pk for uno in productos], mundo.reloj())


def _abiertas(mundo: Mundo) -> list[tuple[str, int | None]]:
    with en_empresa(mundo.empresa):
        return list(Alerta.objects.activas().order_by("pk").values_list("tipo", "lote"))


def _corresponden(mundo: Mundo) -> None:
    """Volver a calcular todo no cambia nada: cada alerta abierta tiene su causa y cada causa su alerta."""
    assert revisar(mundo.empresa, reloj=mundo.reloj) == (0, 0, 0)


def test_dos_que_recalculan_a_la_vez_abren_una_sola(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
    assert a_la_vez(mundo, *repetir(_recalcular(mundo, producto), 2)) == {"bien": 2}
    assert _abiertas(mundo) == [("stock_minimo", None)]


def test_dieciseis_que_recalculan_muchos_productos_abren_una_por_causa(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        productos = [mundo.producto(f"P-{n}", stock_minimo=10) for n in range(8)]
        for producto in productos:
            mundo.entrada(producto, 1, vence=dia(3))
        Alerta.objects.all().delete()
    # Unos los piden en un orden y otros en el contrario: no se traban.
    tareas = [[_recalcular(mundo, *productos)], [_recalcular(mundo, *reversed(productos))]] * 8
    assert a_la_vez(mundo, *tareas) == {"bien": 16}
    assert len(_abiertas(mundo)) == len(set(_abiertas_por_producto(mundo))) == 16


def _abiertas_por_producto(mundo: Mundo) -> list[tuple[str, int]]:
    with en_empresa(mundo.empresa):
        return list(Alerta.objects.activas().values_list("tipo", "producto"))


def test_sin_el_bloqueo_la_base_es_la_que_niega_la_segunda(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """El control: si nadie esperara, las dos decidirían abrirla y solo la restricción lo impediría."""
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
    leyeron = [Event(), Event()]
    causas = proyeccion.causas_de

    def causas_a_la_par(*args: Any) -> list[Causa]:
        halladas = causas(*args)
        mia = next(evento for evento in leyeron if not evento.is_set())
        mia.set()
        assert all(evento.wait(20) for evento in leyeron)
        return halladas

    monkeypatch.setattr(
        proyeccion, "retener_productos", lambda _, ids: list(Producto.objects.filter(pk__in=ids))
    )
    monkeypatch.setattr(proyeccion, "causas_de", causas_a_la_par)

    def intentar() -> str:
        try:
            with en_empresa(mundo.empresa):
                _recalcular(mundo, producto)()
        except IntegrityError as error:
            return restriccion_violada(error)
        return "bien"

    assert contar_a_la_vez([intentar], [intentar]) == {"bien": 1, "alerta_una_por_producto": 1}
    assert _abiertas(mundo) == [("stock_minimo", None)]


def test_treinta_despachos_a_la_vez_dejan_las_alertas_que_corresponden(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=5)
        mundo.entrada(producto, 15, vence=dia(20))
        mundo.entrada(producto, 15, vence=dia(40), bodega=mundo.otra)
    cuentas = a_la_vez(
        mundo,
        *repetir(lambda: mundo.fefo(producto, 1), 13),
        *repetir(lambda: mundo.fefo(producto, 1, bodega=mundo.otra), 14),
        *repetir(_recalcular(mundo, producto), 3),
    )
    assert cuentas == {"bien": 30}
    # El consumidor mira el reloj de verdad: con el de la prueba, se vuelve a calcular antes de comparar.
    revisar(mundo.empresa, reloj=mundo.reloj)
    _corresponden(mundo)
    with en_empresa(mundo.empresa):
        minimo = Alerta.objects.activas().get(tipo="stock_minimo")
        assert minimo.datos["cantidad_actual"] == 3
    cuadra(mundo)


def test_mover_a_la_vez_que_se_cambia_el_minimo_no_deja_una_alerta_vieja(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=10)
        mundo.entrada(producto, 20)

    def con_minimo(minimo: int) -> Tarea:
        return lambda: editar_producto(
            actor=mundo.actor, producto=producto, cambios={"stock_minimo": cant(minimo)}
        )

    for vuelta in range(5):
        tareas = [lambda: mundo.fefo(producto, 2), con_minimo(10 + vuelta), con_minimo(30 - vuelta)]
        assert a_la_vez(mundo, *[[tarea] for tarea in tareas]) == {"bien": 3}
        _corresponden(mundo)


def test_en_el_acto_y_la_ronda_a_la_vez_no_se_traban_ni_repiten(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        productos = [mundo.producto(f"P-{n}", stock_minimo=10) for n in range(4)]
        for producto in productos:
            mundo.entrada(producto, 30)

    def mover(producto: Producto) -> str:
        with en_empresa(mundo.empresa):
            mundo.fefo(producto, 1)
        return "movió"

    def rondar() -> str:
        # Sin transacción de afuera, como la tarea: cada tanda confirma y suelta lo suyo.
        tasks.despachar(mundo.empresa.pk)
        return "rondó"

    por_hilo = [[partial(mover, producto)] * 6 for producto in productos * 2]
    cuentas = contar_a_la_vez(*por_hilo, [rondar] * 10, [rondar] * 10)
    assert cuentas == {"movió": 48, "rondó": 20}
    tasks.despachar(mundo.empresa.pk)
    with en_empresa(mundo.empresa):
        assert not Evento.objects.filter(repartido_en=None).exists()
        assert not Entrega.objects.exclude(estado="entregada").exists()
    _corresponden(mundo)
