"""Dos que esperan lo mismo, con actos y rondas a la vez: a cada uno lo suyo, una vez y en orden."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from inventario.alertas.consumidores import al_moverse
from inventario.alertas.services import revisar
from inventario.eventos import tasks
from inventario.eventos.bandeja import sin_avisar
from inventario.eventos.models import Entrega, Evento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import BodegaFabrica
from inventario.productos.models import Producto
from inventario.tests.carreras import contar_a_la_vez, cuadra

pytestmark = pytest.mark.postgresql

AQUI = "inventario.tests.test_carreras_de_eventos"

al_primero: list[int] = []
al_segundo: list[tuple[str, int]] = []


def primero(*eventos: Evento) -> None:
    """Consumidor inmediato: las alertas de siempre, y anota qué recibió."""
    al_moverse(*eventos)
    al_primero.extend(evento.pk for evento in eventos)


def segundo(evento: Evento) -> None:
    """Consumidor por cola: su efecto es una bodega que la base no admite dos veces."""
    BodegaFabrica.create(empresa=evento.empresa, codigo=f"e-{evento.pk}")
    al_segundo.append((evento.clave, evento.pk))


@pytest.fixture(autouse=True)
def _consumidores(settings: Any) -> Iterator[None]:
    settings.CONSUMIDORES_DE_EVENTOS = {"asiento_registrado": [f"{AQUI}.primero", f"{AQUI}.segundo"]}
    settings.CONSUMIDORES_EN_EL_ACTO = [f"{AQUI}.primero"]
    al_primero.clear()
    al_segundo.clear()
    yield
    al_primero.clear()
    al_segundo.clear()


@pytest.fixture
def productos(mundo: Mundo) -> list[Producto]:
    with sin_avisar(), en_empresa(mundo.empresa):
        productos = [mundo.producto(f"P-{n}", stock_minimo=10) for n in range(4)]
        for producto in productos:
            mundo.entrada(producto, 30)
    return productos


def _mover(mundo: Mundo, producto: Producto) -> str:
    with en_empresa(mundo.empresa):
        mundo.fefo(producto, 1)
    return "movió"


def _rondar(mundo: Mundo) -> str:
    tasks.despachar(mundo.empresa.pk)
    return "rondó"


def _cada_uno_recibio_lo_suyo(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        hechos = list(Evento.objects.filter(tipo="asiento_registrado").values_list("pk", flat=True))
        assert not Evento.objects.filter(repartido_en=None).exists()
        assert not Entrega.objects.exclude(estado="entregada").exists()
        assert Entrega.objects.filter(consumidor=f"{AQUI}.segundo").count() == len(hechos)
    assert sorted(al_primero) == hechos
    assert sorted(pk for _, pk in al_segundo) == hechos
    for clave in {clave for clave, _ in al_segundo}:
        suyos = [pk for otra, pk in al_segundo if otra == clave]
        assert suyos == sorted(suyos)
    # Volver a calcular las alertas no cambia nada.
    assert revisar(mundo.empresa, reloj=mundo.reloj) == (0, 0, 0)
    cuadra(mundo)


def test_mover_y_rondar_a_la_vez_da_a_cada_uno_lo_suyo(mundo: Mundo, productos: list[Producto]) -> None:
    por_hilo = [[partial(_mover, mundo, producto)] * 6 for producto in productos * 2]
    cuentas = contar_a_la_vez(*por_hilo, *[[partial(_rondar, mundo)] * 10] * 2)
    assert cuentas == {"movió": 48, "rondó": 20}
    _rondar(mundo)
    assert len(al_segundo) == 4 + 48
    _cada_uno_recibio_lo_suyo(mundo)


def test_dos_rondas_a_la_vez_dan_a_cada_uno_lo_suyo(mundo: Mundo, productos: list[Producto]) -> None:
    with sin_avisar():
        for producto in productos * 5:
            _mover(mundo, producto)
    assert (al_primero, al_segundo) == ([], [])
    assert contar_a_la_vez(*[[partial(_rondar, mundo)]] * 2) == {"rondó": 2}
    _rondar(mundo)
    assert len(al_segundo) == 4 + 20
    _cada_uno_recibio_lo_suyo(mundo)
