"""Lo que la proyección mira de cada producto, en las menos sentencias que se puede.

Corre después de cada asiento: por eso lee con las sentencias ya escritas del libro y suma en memoria.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from inventario.alertas.models import Alerta
from inventario.cuentas.models import Empresa
from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Existencia
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import libre
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.sql import Retener, al_final, huecos, leer
from inventario.productos.models import Producto


@dataclass(slots=True)
class Cobertura:
    """Cuánto se prometió de un producto en una bodega y cuánto hay que sirva para cumplir."""

    prometida: Decimal = CERO
    utilizable: Decimal = CERO


@dataclass(slots=True)
class Panorama:
    """Los productos vivos, lo que hay de cada uno, los lotes que vencen pronto y lo prometido.

    `disponible` solo se cuenta de los que comparan con ello su mínimo; de los demás es cero.
    """

    productos: dict[int, Producto] = field(default_factory=dict)
    total: dict[int, Decimal] = field(default_factory=dict)
    disponible: dict[int, Decimal] = field(default_factory=dict)
    por_vencer: list[Lote] = field(default_factory=list)
    cobertura: dict[Clave, Cobertura] = field(default_factory=dict)


def retener_productos(empresa: Empresa, ids: Sequence[int]) -> list[Producto]:
    """Retiene los productos en orden y los devuelve, eliminados incluidos."""
    cola = f"ORDER BY id {al_final(Retener.SIN_SU_LLAVE)}"
    return leer(Producto, empresa.pk, f"id IN ({huecos(ids)})", ids, cola=cola)


def mirar(
    empresa: Empresa, productos: Iterable[Producto], *, ahora: datetime, hoy: date, hasta: date
) -> Panorama:
    """Devuelve el panorama de los productos no eliminados, con los lotes que vencen hasta ese día.

    De una a tres sentencias, sin importar cuántos sean: lo que se sabe que no hay no se pregunta.
    """
    hay = Panorama({uno.pk: uno for uno in productos if uno.eliminado_en is None})
    ids = list(hay.productos)
    if not ids:
        return hay
    hay.total, hay.disponible = dict.fromkeys(ids, CERO), dict.fromkeys(ids, CERO)
    prometidos: set[int] = set()
    for fila in leer(Existencia, empresa.pk, f"producto_id IN ({huecos(ids)})", ids):
        hay.total[fila.producto_id] += fila.fisica
        if fila.apartada:
            prometidos.add(fila.producto_id)
        if hay.productos[fila.producto_id].minimo_sobre_disponible:
            # Aunque nadie tenga nada prometido: de aquí sale lo disponible.
            hay.cobertura[Clave(fila.producto_id, fila.bodega_id)] = Cobertura()
    if prometidos:
        _mirar_lo_prometido(hay, empresa, sorted(prometidos), ahora)
    con_lotes = [pk for pk in ids if hay.total[pk]]
    if con_lotes:
        _mirar_los_lotes(hay, empresa, con_lotes, hoy, hasta)
    for clave, cubre in hay.cobertura.items():
        if hay.productos[clave.producto_id].minimo_sobre_disponible:
            hay.disponible[clave.producto_id] += libre(cubre.utilizable, cubre.prometida)
    return hay


def abiertas_de(empresa: Empresa, ids: Sequence[int]) -> list[Alerta]:
    """Las alertas abiertas de esos productos, bloqueadas: quien esté reconociendo una no pierde su nota."""
    bloqueo = "FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    condicion = f"producto_id IN ({huecos(ids)}) AND activa"
    return leer(Alerta, empresa.pk, condicion, ids, cola=f"ORDER BY id {bloqueo}")


def _mirar_lo_prometido(hay: Panorama, empresa: Empresa, ids: list[int], ahora: datetime) -> None:
    condicion = f"producto_id IN ({huecos(ids)}) AND estado = %s"
    for apartado in leer(Apartado, empresa.pk, condicion, [*ids, Apartado.Estado.VIGENTE.value]):
        # El que pasó su hora ya no resta, lo anote alguien o no (decisión 13).
        if apartado.vence_en > ahora:
            clave = Clave(apartado.producto_id, apartado.bodega_id)
            hay.cobertura.setdefault(clave, Cobertura()).prometida += apartado.restante


def _mirar_los_lotes(hay: Panorama, empresa: Empresa, ids: list[int], hoy: date, hasta: date) -> None:
    # Escrito como en los índices parciales: con otro cero SQLite no los reconoce.
    condicion, parametros = f"producto_id IN ({huecos(ids)}) AND saldo > '0'", [*ids]
    cubren = sorted({clave.producto_id for clave in hay.cobertura})
    otros = f" OR producto_id IN ({huecos(cubren)})" if cubren else ""
    lotes = leer(
        Lote,
        empresa.pk,
        f"{condicion} AND (vence_el <= %s{otros})",
        [*parametros, hasta, *cubren],
        cola="ORDER BY id",
    )
    for lote in lotes:
        if lote.vence_el is not None and lote.vence_el <= hasta:
            hay.por_vencer.append(lote)
        cubre = hay.cobertura.get(Clave(lote.producto_id, lote.bodega_id))
        if cubre is not None and lote.utilizable(hoy):
            cubre.utilizable += lote.saldo
