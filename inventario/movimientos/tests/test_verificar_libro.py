"""Cada clase de fila tocada por fuera se descubre; los libros sanos cuadran."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.cuentas.empresas.services import crear_empresa
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.models import Apartado, Asiento, Existencia, Movimiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import MERMA, Mundo, dia
from inventario.nucleo.empresa import en_empresa, fotografiando

pytestmark = pytest.mark.django_db


@pytest.fixture
def granja(db: None, settings: Any) -> Iterator[Mundo]:
    """Una empresa con de todo: entradas, salidas, merma, traslado, reverso y un apartado vigente."""
    # Aquí se prueba el libro solo: lo que agregan las apps de arriba se prueba en ellas.
    settings.VERIFICACIONES_DE_LIBROS = []
    mundo = Mundo.crear()
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        viejo = mundo.entrada(producto, "10.5", costo="1.25", vence=dia(5))
        mundo.entrada(producto, 20, costo=2, vence=dia(60))
        mundo.fefo(producto, "12.3")
        mundo.merma(mundo.entrada(producto, 3), 1, glosa=MERMA)
        mundo.revertir(mundo.peps(producto, 4))
        services.trasladar(
            actor=mundo.actor,
            producto=producto,
            cantidad=Decimal(2),
            desde=mundo.bodega,
            hacia=mundo.otra,
            politica=Politica.FEFO,
            reloj=mundo.reloj,
        )
        mundo.apartar(producto, "1.5")
        assert mundo.saldo(viejo) == 0
        yield mundo


def _tocar(sql: str) -> None:
    """Escribe por debajo del libro, como quien tiene la base: sin disparadores ni restricciones."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
            for tabla, regla in (
                ("lotes_lote", "lote_saldo_no_negativo"),
                ("movimientos_existencia", "existencia_fisica_no_negativa"),
                ("movimientos_existencia", "existencia_apartada_no_negativa"),
                ("movimientos_movimiento", "movimiento_saldo_no_negativo"),
                ("movimientos_movimiento", "movimiento_fisica_no_negativa"),
                ("movimientos_movimiento", "movimiento_signo_segun_tipo"),
            ):
                cursor.execute(f"ALTER TABLE {tabla} DROP CONSTRAINT IF EXISTS {regla}")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            cursor.execute(sql)
            assert cursor.rowcount > 0, "La alteración no alcanzó a ninguna fila."
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = origin")
            else:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _verificar(mundo: Mundo | None = None) -> str:
    salida = io.StringIO()
    call_command("verificar_libro", empresa=mundo and mundo.empresa.slug, stdout=salida)
    return salida.getvalue()


def _hallazgos(mundo: Mundo) -> list[str]:
    salida = io.StringIO()
    with pytest.raises(CommandError, match=r"Hay \d+ diferencias") as error:
        call_command("verificar_libro", empresa=mundo.empresa.slug, stdout=salida)
    assert error.value.returncode == 1
    return [linea.removeprefix(f"{mundo.empresa.slug} · ") for linea in salida.getvalue().splitlines()]


def test_verificar_libros_sanos_dice_que_cuadran(granja: Mundo) -> None:
    crear_empresa(slug="vacia", nombre="Sin movimientos")
    assert _verificar(granja) == f"{granja.empresa.slug}: los libros cuadran.\n"
    assert "vacia: los libros cuadran." in _verificar()


def test_verificar_una_empresa_que_no_existe_se_dice(granja: Mundo) -> None:
    with pytest.raises(CommandError, match=f"No existe la empresa «nada». Hay: {granja.empresa.slug}"):
        call_command("verificar_libro", empresa="nada")


def test_verificar_solo_lee(granja: Mundo) -> None:
    with CaptureQueriesContext(connection) as consultas:
        _verificar(granja)
    escrituras = ("INSERT", "UPDATE", "DELETE")
    assert not [c["sql"] for c in consultas if c["sql"].lstrip().upper().startswith(escrituras)]


def test_verificar_ve_un_saldo_de_lote_alterado(granja: Mundo) -> None:
    lote = Movimiento.objects.earliest("pk").lote
    _tocar(f"UPDATE lotes_lote SET saldo = 7 WHERE id = {lote.pk}")
    clave = f"producto {lote.producto_id} en bodega {lote.bodega_id}"
    assert _hallazgos(granja) == [
        f"I1: lote {lote.pk}: saldo 7, y sus movimientos suman 0.",
        f"I2: {clave}: física 18.2, y sus lotes suman 25.2.",
    ]


def test_verificar_ve_una_existencia_alterada(granja: Mundo) -> None:
    fila = Existencia.objects.get(bodega=granja.bodega)
    _tocar(f"UPDATE movimientos_existencia SET fisica = 100, apartada = 1 WHERE id = {fila.pk}")
    clave = f"producto {fila.producto_id} en bodega {fila.bodega_id}"
    assert _hallazgos(granja) == [
        f"I2: {clave}: física 100, y sus lotes suman 18.2.",
        f"I2: {clave}: física 100, y sus movimientos suman 18.2.",
        f"I3: {clave}: apartada 1, y sus apartados vigentes suman 1.5.",
    ]


def test_verificar_ve_una_existencia_que_falta(granja: Mundo) -> None:
    fila = Existencia.objects.get(bodega=granja.otra)
    _tocar(f"DELETE FROM movimientos_existencia WHERE id = {fila.pk}")
    clave = f"producto {fila.producto_id} en bodega {fila.bodega_id}"
    assert _hallazgos(granja) == [
        f"I2: {clave}: tiene lotes o movimientos y no tiene existencia.",
        f"I2: {clave}: física 0, y sus lotes suman 2.",
        f"I2: {clave}: física 0, y sus movimientos suman 2.",
    ]


def test_verificar_ve_un_apartado_alterado(granja: Mundo) -> None:
    apartado = Apartado.objects.get()
    _tocar(f"UPDATE movimientos_apartado SET restante = 0.5 WHERE id = {apartado.pk}")
    clave = f"producto {apartado.producto_id} en bodega {apartado.bodega_id}"
    assert _hallazgos(granja) == [f"I3: {clave}: apartada 1.5, y sus apartados vigentes suman 0.5."]


def test_verificar_ve_negativos_aunque_las_sumas_cuadren(granja: Mundo) -> None:
    lote = Movimiento.objects.latest("pk").lote
    salida = Movimiento.objects.filter(lote=lote).latest("pk")
    _tocar(f"UPDATE movimientos_movimiento SET cantidad = -2 WHERE id = {salida.pk}")
    _tocar(f"UPDATE movimientos_movimiento SET saldo_lote_tras = -2, fisica_tras = -2 WHERE id = {salida.pk}")
    _tocar(f"UPDATE lotes_lote SET saldo = -2 WHERE id = {lote.pk}")
    _tocar(f"UPDATE movimientos_existencia SET fisica = -2, apartada = -1 WHERE bodega_id = {lote.bodega_id}")
    clave = f"producto {lote.producto_id} en bodega {lote.bodega_id}"
    assert _hallazgos(granja) == [
        f"I4: movimiento {salida.pk}: saldo del lote negativo, -2.",
        f"I4: lote {lote.pk}: saldo negativo, -2.",
        f"I4: movimiento {salida.pk}: existencia negativa, -2.",
        f"I4: {clave}: física negativa, -2.",
        f"I3: {clave}: apartada -1, y sus apartados vigentes suman 0.",
        f"I4: {clave}: apartada negativa, -1.",
        f"líneas: el movimiento {salida.pk} es «traslado_entrada», y en un asiento de traslado sería "
        "«traslado_salida».",
    ]


def test_verificar_ve_los_saldos_tras_alterados(granja: Mundo) -> None:
    linea = Movimiento.objects.earliest("pk")
    _tocar(f"UPDATE movimientos_movimiento SET saldo_lote_tras = 1, fisica_tras = 2 WHERE id = {linea.pk}")
    assert _hallazgos(granja) == [
        f"I5: movimiento {linea.pk}: dice que el lote quedó en 1, y fue 10.5.",
        f"I5: movimiento {linea.pk}: dice que la existencia quedó en 2, y fue 10.5.",
    ]


def test_verificar_ve_una_cantidad_alterada_por_una_diezmilesima(granja: Mundo) -> None:
    linea = Movimiento.objects.latest("pk")
    _tocar(f"UPDATE movimientos_movimiento SET cantidad = 2.0001 WHERE id = {linea.pk}")
    clave = f"producto {linea.producto_id} en bodega {linea.bodega_id}"
    assert _hallazgos(granja) == [
        f"I5: movimiento {linea.pk}: dice que el lote quedó en 2, y fue 2.0001.",
        f"I1: lote {linea.lote_id}: saldo 2, y sus movimientos suman 2.0001.",
        f"I5: movimiento {linea.pk}: dice que la existencia quedó en 2, y fue 2.0001.",
        f"I2: {clave}: física 2, y sus movimientos suman 2.0001.",
    ]


def test_verificar_ve_los_huecos_en_los_numeros(granja: Mundo) -> None:
    total = Asiento.objects.count()
    ultimo = Asiento.objects.latest("pk")
    _tocar(f"UPDATE movimientos_asiento SET numero = numero + 10 WHERE id = {ultimo.pk}")
    assert _hallazgos(granja) == [
        f"números: del asiento {total - 1} se salta al {total + 10}.",
        f"números: la empresa va por el {total}, y el último asiento es el {total + 10}.",
    ]


def test_verificar_ve_un_asiento_sin_lineas(granja: Mundo) -> None:
    linea = Movimiento.objects.earliest("pk")
    _tocar(f"DELETE FROM movimientos_movimiento WHERE asiento_id = {linea.asiento_id}")
    assert f"líneas: el asiento {linea.asiento.numero} no tiene ninguna." in _hallazgos(granja)


def test_verificar_ve_una_linea_que_desmiente_a_su_lote_o_su_asiento(granja: Mundo) -> None:
    linea = Movimiento.objects.filter(tipo="salida").earliest("pk")
    _tocar(f"UPDATE movimientos_movimiento SET tipo = 'ajuste_negativo' WHERE id = {linea.pk}")
    _tocar(f"UPDATE movimientos_movimiento SET fecha_efectiva = '2020-01-01 00:00+00' WHERE id = {linea.pk}")
    assert _hallazgos(granja) == [
        f"líneas: el movimiento {linea.pk} nombra otra fecha efectiva que su asiento.",
        f"líneas: el movimiento {linea.pk} es «ajuste_negativo», y en un asiento de salida sería «salida».",
    ]


def test_verificar_ve_una_linea_en_otra_bodega(granja: Mundo) -> None:
    linea = Movimiento.objects.filter(bodega=granja.bodega).earliest("pk")
    _tocar(f"UPDATE movimientos_movimiento SET bodega_id = {granja.otra.pk} WHERE id = {linea.pk}")
    assert f"líneas: el movimiento {linea.pk} nombra otro producto o bodega que su lote." in _hallazgos(
        granja
    )


def test_verificar_ve_un_costo_alterado(granja: Mundo) -> None:
    linea = Movimiento.objects.filter(tipo="salida").earliest("pk")
    _tocar(f"UPDATE movimientos_movimiento SET costo_unitario = 99 WHERE id = {linea.pk}")
    assert f"líneas: el movimiento {linea.pk} nombra otro costo que su lote." in _hallazgos(granja)


def test_verificar_ve_un_reverso_que_no_es_el_contrario(granja: Mundo) -> None:
    reverso = Asiento.objects.get(tipo="reverso")
    lineas = reverso.movimientos.order_by("pk").values_list("pk", flat=True)
    _tocar(f"UPDATE movimientos_movimiento SET costo_unitario = 9 WHERE asiento_id = {reverso.pk}")
    assert _hallazgos(granja) == [
        *(f"líneas: el movimiento {pk} nombra otro costo que su lote." for pk in lineas),
        f"reversos: el reverso del asiento con id {reverso.revierte_id} no es su exacto contrario.",
    ]


def test_verificar_no_mezcla_empresas(granja: Mundo) -> None:
    otra = Mundo.crear()
    with en_empresa(otra.empresa):
        lote = otra.entrada(otra.producto(), 5)
        _tocar(f"UPDATE lotes_lote SET saldo = 4 WHERE id = {lote.pk}")
    assert "cuadran" in _verificar(granja)
    assert len(_hallazgos(otra)) == 2


@pytest.mark.django_db(transaction=True)
def test_verificar_fuera_de_transaccion_mira_un_solo_instante() -> None:
    mundo = Mundo.crear()
    with en_empresa(mundo.empresa):
        lote = mundo.entrada(mundo.producto(), 5)
    with fotografiando(mundo.empresa):
        antes = Lote.objects.get().saldo
        en_otra_conexion(mundo, lote)
        assert Lote.objects.get().saldo == antes == 5
    with en_empresa(mundo.empresa):
        assert mundo.saldo(lote) == 4
    assert "cuadran" in _verificar(mundo)


def en_otra_conexion(mundo: Mundo, lote: Lote) -> None:
    """Saca uno del lote desde otro hilo, que tiene su propia conexión, y espera a que confirme."""

    def sacar() -> None:
        try:
            with en_empresa(mundo.empresa):
                mundo.salida(lote, 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as hilos:
        hilos.submit(sacar).result()


def test_verificar_con_miles_de_diferencias_muestra_las_primeras(
    granja: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventario.vigilancia.management.commands.verificar_libro.MAXIMO_A_LA_VISTA", 2)
    _tocar("UPDATE movimientos_movimiento SET fisica_tras = 77")
    vistos = _hallazgos(granja)
    assert len(vistos) == 3
    assert vistos[-1] == f"… y {Movimiento.objects.count() - 2} más."
