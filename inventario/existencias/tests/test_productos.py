"""Qué productos tienen, no tienen o están bajo su mínimo: lo que la base elige es lo que dicen las cifras."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from inventario.cuentas.models import Empresa
from inventario.existencias.productos import bajo_minimo, con_existencias, sin_existencias, sobre_minimo
from inventario.nucleo.actores import Actor
from inventario.productos.models import Producto
from inventario.productos.services import crear_producto, unidad_conocida
from inventario.productos.tests.fabricas import con_lote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


def test_bajo_minimo_suma_bodegas_y_es_estricto(actor: Actor, empresa: Empresa) -> None:
    kilo = unidad_conocida(empresa, "kg")
    justo = crear_producto(actor=actor, nombre="A", sku="A", unidad=kilo, stock_minimo=Decimal("0.3"))
    menos = crear_producto(actor=actor, nombre="B", sku="B", unidad=kilo, stock_minimo=Decimal("0.3001"))
    vacio = crear_producto(actor=actor, nombre="C", sku="C", unidad=kilo, stock_minimo=Decimal(0))
    sin_nada = crear_producto(actor=actor, nombre="D", sku="D", unidad=kilo, stock_minimo=Decimal("0.0001"))
    for producto in (justo, menos):
        con_lote(actor, producto, Decimal("0.1"))
        con_lote(actor, producto, Decimal("0.2"))
    ahora = timezone.now()
    cuando: Any = {"ahora": ahora, "hoy": ahora.date()}
    assert list(bajo_minimo(Producto.objects.all(), **cuando).order_by("pk")) == [menos, sin_nada]
    assert list(sobre_minimo(Producto.objects.all(), **cuando).order_by("pk")) == [justo, vacio]
    assert list(con_existencias(Producto.objects.all()).order_by("pk")) == [justo, menos]
    assert list(sin_existencias(Producto.objects.all()).order_by("pk")) == [vacio, sin_nada]
