"""Datos falsos: los mismos para cada semilla, en la cantidad pedida y con los libros cuadrados."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa
from inventario.eventos.models import Evento
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento, Movimiento, TipoAsiento
from inventario.movimientos.tests.cuadre import exigir_que_cuadre
from inventario.muestra import falsos
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db

AHORA = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)


def _generar(slug: str, semilla: int, ahora: datetime = AHORA, movimientos: int = 900) -> Empresa:
    empresa = crear_empresa(slug=slug, nombre=slug)
    falsos.generar(
        empresa=empresa, semilla=semilla, productos=12, movimientos=movimientos, reloj=lambda: ahora
    )
    return empresa


def _ordenar(*opciones: str) -> str:
    salida = StringIO()
    call_command("datos_falsos", *opciones, stdout=salida, verbosity=0)
    return salida.getvalue()


def _filas(empresa: Empresa) -> list[Any]:
    """Todo lo generado salvo los id, en el orden en que se escribió."""
    with en_empresa(empresa):
        productos = Producto.objects.order_by("pk").values_list(
            "nombre", "sku", "precio", "unidad__abreviatura", "proveedor__nombre"
        )
        movimientos = Movimiento.objects.order_by("pk").values_list(
            "asiento__numero",
            "asiento__tipo",
            "asiento__motivo",
            "asiento__referencia",
            "asiento__modulo",
            "asiento__tanque",
            "asiento__sesion",
            "asiento__registrado_en",
            "fecha_efectiva",
            "producto__nombre",
            "lote__codigo",
            "lote__vence_el",
            "tipo",
            "cantidad",
            "costo_unitario",
            "saldo_lote_tras",
            "fisica_tras",
        )
        return [list(productos), list(movimientos)]


def test_datos_falsos_da_lo_pedido_y_cuadra(monkeypatch: pytest.MonkeyPatch) -> None:
    # Varias hojas, y alguna más grande que lo que se inserta fila por fila.
    monkeypatch.setattr(falsos, "POR_HOJA", 700)
    empresa = _generar("granja", 5, movimientos=2000)
    with en_empresa(empresa):
        assert Movimiento.objects.count() == 2000
        assert 150 <= Lote.objects.count() <= 400
        exigir_que_cuadre()
        tipos = set(Asiento.objects.values_list("tipo", flat=True))
        assert tipos == {TipoAsiento.ENTRADA, TipoAsiento.SALIDA, TipoAsiento.MERMA, TipoAsiento.AJUSTE}
        primero, ultimo = Asiento.objects.earliest("registrado_en"), Asiento.objects.latest("registrado_en")
        assert AHORA - timedelta(days=732) < primero.registrado_en < AHORA - timedelta(days=729)
        assert AHORA - timedelta(days=3) < ultimo.registrado_en <= AHORA
        numerados = list(Asiento.objects.order_by("numero").values_list("registrado_en", flat=True))
        assert numerados == sorted(numerados)
        assert list(Evento.objects.values_list("tipo", "datos")) == [
            ("datos_falsos_generados", {"semilla": 5, "productos": 12, "movimientos": 2000})
        ]


def test_datos_falsos_con_la_misma_semilla_son_iguales_a_cualquier_hora_del_dia() -> None:
    una = _generar("una", 7)
    otra = _generar("otra", 7, ahora=AHORA + timedelta(hours=2, minutes=40))
    assert _filas(una) == _filas(otra)


def test_datos_falsos_con_otra_semilla_son_otros() -> None:
    assert _filas(_generar("una", 7)) != _filas(_generar("otra", 8))


@pytest.mark.parametrize("movimientos", [1, 2, 63, 64, 65, 130])
def test_datos_falsos_da_exactamente_los_movimientos_pedidos(movimientos: int) -> None:
    for productos in (1, 30):
        salida = _ordenar(
            f"--productos={productos}", f"--movimientos={movimientos}", f"--empresa=granja-{productos}"
        )
        assert f"{movimientos} movimientos en" in salida
        with en_empresa(Empresa.objects.get(slug=f"granja-{productos}")):
            assert Movimiento.objects.count() == movimientos
            exigir_que_cuadre()


def test_datos_falsos_dos_veces_no_agrega_nada() -> None:
    _ordenar("--semilla=9", "--productos=5", "--movimientos=100")
    empresa = Empresa.objects.get(slug="falsa-9")
    antes = _filas(empresa)
    assert (
        _ordenar("--semilla=9", "--productos=5", "--movimientos=100")
        == "La empresa «falsa-9» ya tiene historia: no se agregó nada.\n"
    )
    assert _filas(empresa) == antes


def test_datos_falsos_en_produccion_se_niega(settings: Settings) -> None:
    settings.PRODUCCION = True
    with pytest.raises(CommandError, match="producción"):
        _ordenar("--movimientos=10")
    assert not Empresa.objects.exists()


@pytest.mark.parametrize(
    "opcion",
    ["--movimientos=0", "--movimientos=-5", "--movimientos=1e3", "--productos=0", "--productos=99999999"],
)
def test_datos_falsos_con_una_cantidad_que_no_vale_dice_cual_se_admite(opcion: str) -> None:
    with pytest.raises(CommandError, match="se admite un entero entre 1 y"):
        _ordenar(opcion)
    assert not Empresa.objects.exists()


def test_datos_falsos_con_un_identificador_mal_escrito_lo_dice() -> None:
    with pytest.raises(CommandError, match="letras minúsculas sin tilde"):
        _ordenar("--empresa=Con Espacios", "--movimientos=10")
    assert not Empresa.objects.exists()
