"""Lo que abre una alerta de cada tipo, para las páginas que las muestran."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from inventario.lotes.models import Lote
from inventario.movimientos.tests.mundo import HOY, Mundo, cant
from inventario.productos.models import Producto
from inventario.reservas.services import reservar


def por_tipo(respuesta: Any) -> dict[str, Any]:
    """Los bloques que muestra la página, cada uno por su tipo."""
    return {bloque.tipo.value: bloque for bloque in respuesta.context["bloques"]}


def bajo_el_minimo(granja: Mundo, sku: str = "HAR-MAIZ", *, hay: int = 7) -> Producto:
    """Un producto con menos que su mínimo, que es 12."""
    producto = granja.producto(sku, stock_minimo=cant(12))
    granja.entrada(producto, hay)
    return producto


def con_fecha(granja: Mundo, *dias: int) -> list[Lote]:
    """Un producto sin mínimo con un lote de 4 por cada vencimiento, dicho en días desde hoy."""
    producto = granja.producto("APREMIA", stock_minimo=cant(0))
    return [granja.entrada(producto, 4, vence=HOY + timedelta(days=dia)) for dia in dias]


def sin_respaldo(granja: Mundo, sku: str = "PROMETIDO") -> Producto:
    """Uno del que se prometieron 8 y quedan 5."""
    prometido = granja.producto(sku, stock_minimo=cant(0))
    lote = granja.entrada(prometido, 10)
    reservar(
        actor=granja.actor,
        producto=prometido,
        bodega=granja.bodega,
        cantidad=cant(8),
        modulo="engorde",
        horas=24,
        reloj=granja.reloj,
    )
    granja.merma(lote, 5)
    return prometido
