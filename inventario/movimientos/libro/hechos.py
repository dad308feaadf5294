"""Los hechos que una hoja del libro deja escritos para quien los espere: alertas, avisos, otros sistemas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inventario.cuentas.models import Empresa
from inventario.eventos.models import Evento
from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Asiento
from inventario.movimientos.querysets import Clave, clave_de


def de_asientos(empresa: Empresa, asientos: Iterable[Asiento]) -> list[Evento]:
    """Un hecho por asiento y producto, para que cada producto conserve su orden de entrega."""
    return [
        _de_producto("asiento_registrado", empresa, clave, asiento=asiento.pk, tipo=asiento.tipo)
        for asiento in asientos
        for clave in dict.fromkeys(clave_de(linea) for linea in asiento.lineas)
    ]


def de_bloqueos(empresa: Empresa, lotes: Iterable[Lote]) -> list[Evento]:
    return [
        _de_producto(
            "lote_bloqueado" if lote.bloqueado else "lote_desbloqueado", empresa, clave_de(lote), lote=lote.pk
        )
        for lote in lotes
    ]


def de_promesas(
    empresa: Empresa, *, vencidas: Iterable[Apartado], sin_respaldo: Iterable[Clave]
) -> list[Evento]:
    """Las promesas que vencieron, y las que se quedaron sin con qué cumplirse (decisión 14)."""
    return [
        *(
            _de_producto(
                "apartado_vencido",
                empresa,
                clave_de(apartado),
                apartado=apartado.pk,
                liberada=str(apartado.liberada),
            )
            for apartado in vencidas
        ),
        *(_de_producto("reserva_sin_respaldo", empresa, clave) for clave in sorted(sin_respaldo)),
    ]


def _de_producto(tipo: str, empresa: Empresa, clave: Clave, /, **datos: Any) -> Evento:
    datos = {"producto": clave.producto_id, "bodega": clave.bodega_id, **datos}
    return Evento(empresa=empresa, tipo=tipo, clave=f"producto:{clave.producto_id}", datos=datos)
