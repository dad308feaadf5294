"""Atajos de las pruebas del catálogo; la existencia, solo por los servicios del libro."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.lotes.models import Lote
from inventario.movimientos.services.entradas import registrar_entrada
from inventario.nucleo.actores import Actor
from inventario.productos.models import Producto


def con_lote(actor: Actor, producto: Producto, cantidad: Decimal) -> Lote:
    """Registra una entrada en la bodega principal y devuelve su lote."""
    asiento = registrar_entrada(
        actor=actor, producto=producto, bodega=bodega_principal(actor.empresa), cantidad=cantidad
    )
    return asiento.lineas[0].lote


def sin_permisos(actor: Actor) -> Actor:
    return replace(actor, permisos=frozenset({"ver"}))
