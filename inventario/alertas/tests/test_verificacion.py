"""La comprobación de los libros también mira que haya una alerta por cada causa, y ninguna de más (I6)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.alertas.models import Alerta, Revision
from inventario.alertas.services import revisar
from inventario.eventos.models import Evento
from inventario.movimientos.models import Apartado
from inventario.movimientos.tests.mundo import AHORA, HOY, Mundo, cant, dia
from inventario.productos.models import Producto
from inventario.reservas.services import reservar

ESCRITURAS = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture(autouse=True)
def hora(time_machine: Any) -> None:
    """El reloj de la máquina marca lo mismo que el del mundo."""
    time_machine.move_to(AHORA, tick=False)


@pytest.fixture
def revisada(mundo: Mundo) -> Mundo:
    """Con una de cada clase abierta y nada por avisar."""
    mundo.entrada(mundo.producto("FALTA", nombre="Falta", stock_minimo=10), 4)
    mundo.entrada(mundo.producto("PRONTO", stock_minimo=0), 4, vence=dia(3))
    mundo.entrada(mundo.producto("YA", stock_minimo=0), 4, vence=dia(-1))
    prometido = mundo.producto("PROM", stock_minimo=0)
    lote = mundo.entrada(prometido, 4)
    reservar(
        actor=mundo.actor,
        producto=prometido,
        bodega=mundo.bodega,
        cantidad=cant(3),
        horas=24,
        reloj=mundo.reloj,
    )
    mundo.merma(lote, 2)
    poner_al_dia(mundo)
    assert Alerta.objects.activas().count() == 4
    return mundo


def poner_al_dia(mundo: Mundo) -> None:
    Evento.objects.update(repartido_en=AHORA)
    revisar(mundo.empresa, reloj=mundo.reloj)


def hallazgos(mundo: Mundo) -> list[str]:
    salida = io.StringIO()
    try:
        call_command("verificar_libro", empresa=mundo.empresa.slug, stdout=salida)
    except CommandError:
        return [una.removeprefix(f"{mundo.empresa.slug} · ") for una in salida.getvalue().splitlines()]
    assert salida.getvalue() == f"{mundo.empresa.slug}: los libros cuadran.\n"
    return []


def test_al_dia_cuadra_y_solo_lee(revisada: Mundo) -> None:
    with CaptureQueriesContext(connection) as consultas:
        assert hallazgos(revisada) == []
    assert not [una["sql"] for una in consultas if una["sql"].lstrip().upper().startswith(ESCRITURAS)]


@pytest.mark.parametrize("sku", ["FALTA", "PRONTO", "YA", "PROM"])
def test_dice_la_que_falta(revisada: Mundo, sku: str) -> None:
    alerta = Alerta.objects.activas().get(producto__sku=sku)
    mensaje = alerta.mensaje
    Alerta.objects.filter(pk=alerta.pk).update(activa=False, cerrada_en=AHORA)
    assert hallazgos(revisada) == [f"I6: falta una alerta: {mensaje}"]


def test_dice_la_que_sobra(revisada: Mundo) -> None:
    alerta = Alerta.objects.activas().get(producto__sku="FALTA")
    Producto.objects.filter(sku="FALTA").update(stock_minimo=1)
    assert hallazgos(revisada) == [
        f"I6: sobra una alerta: la {alerta.pk}, Quedan 4 de un mínimo de 10: Falta (SKU FALTA)."
    ]


def test_lo_que_esta_por_avisarse_no_es_una_diferencia(revisada: Mundo) -> None:
    revisada.entrada(Producto.objects.get(sku="FALTA"), 50)
    assert hallazgos(revisada) == []
    Evento.objects.update(repartido_en=AHORA)
    assert len(hallazgos(revisada)) == 1


def test_mientras_no_se_revise_el_dia_no_opina_de_las_fechas(revisada: Mundo) -> None:
    Alerta.objects.filter(producto__sku__in=["PRONTO", "YA", "FALTA"]).update(activa=False, cerrada_en=AHORA)
    Revision.objects.update(dia=HOY - timedelta(days=1))
    [unico] = hallazgos(revisada)
    assert unico.startswith("I6: falta una alerta: Quedan 4 de un mínimo de 10")


def test_mientras_no_se_revise_el_dia_no_opina_del_minimo_que_descuenta_lo_vencido(
    mundo: Mundo, time_machine: Any
) -> None:
    producto = mundo.producto("DISP", stock_minimo=4, minimo_sobre_disponible=True)
    mundo.entrada(producto, 4, vence=HOY)
    poner_al_dia(mundo)
    time_machine.move_to(AHORA + timedelta(days=1), tick=False)
    assert hallazgos(mundo) == []
    Revision.objects.update(dia=HOY + timedelta(days=1))
    assert any("falta una alerta: Quedan disponibles 0 de un mínimo de 4" in uno for uno in hallazgos(mundo))


def test_una_promesa_que_vencio_y_nadie_anoto_no_es_una_diferencia(
    revisada: Mundo, time_machine: Any
) -> None:
    time_machine.move_to(AHORA + timedelta(hours=1), tick=False)
    Apartado.objects.update(vence_en=AHORA + timedelta(minutes=30))
    assert hallazgos(revisada) == []
