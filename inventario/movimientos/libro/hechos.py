"""Los hechos que una hoja del libro deja escritos para quien los espere: alertas, avisos, otros sistemas."""

from __future__ import annotations

from collections.abc import Iterable

from inventario.eventos.catalogo import (
    ApartadoVencido,
    AsientoRegistrado,
    Hecho,
    LoteBloqueado,
    LoteDesbloqueado,
    ReservaSinRespaldo,
)
from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Asiento
from inventario.movimientos.querysets import Clave, clave_de


def de_asientos(asientos: Iterable[Asiento]) -> list[Hecho]:
    """Un hecho por asiento y producto, para que cada producto conserve su orden de entrega."""
    return [
        AsientoRegistrado(
            producto=clave.producto_id, bodega=clave.bodega_id, asiento=asiento.pk, tipo=asiento.tipo
        )
        for asiento in asientos
        for clave in dict.fromkeys(clave_de(linea) for linea in asiento.lineas)
    ]


def de_bloqueos(lotes: Iterable[Lote]) -> list[Hecho]:
    return [
        (LoteBloqueado if lote.bloqueado else LoteDesbloqueado)(
            producto=lote.producto_id, bodega=lote.bodega_id, lote=lote.pk
        )
        for lote in lotes
    ]


def de_promesas(*, vencidas: Iterable[Apartado], sin_respaldo: Iterable[Clave]) -> list[Hecho]:
    """Las promesas que vencieron, y las que se quedaron sin con qué cumplirse (decisión 14)."""
    return [
        *(
            ApartadoVencido(
                producto=apartado.producto_id,
                bodega=apartado.bodega_id,
                apartado=apartado.pk,
                liberada=str(apartado.liberada),
            )
            for apartado in vencidas
        ),
        *(
            ReservaSinRespaldo(producto=clave.producto_id, bodega=clave.bodega_id)
            for clave in sorted(sin_respaldo)
        ),
    ]
