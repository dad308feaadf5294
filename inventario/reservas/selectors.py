"""Lecturas de reservas para quien integra: una por su id, o las de una bodega."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from inventario.cuentas.models import Bodega
from inventario.existencias.lineas import Pagina
from inventario.nucleo.alcance import Alcance
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva
from inventario.reservas.querysets import ReservaQuerySet


def reserva_nombrada(pk: UUID, alcance: Alcance) -> Reserva | None:
    """La reserva con lo que se muestra de ella; `None` si no existe en esta empresa o no la alcanza."""
    reservas = alcance.filtrar(Reserva.objects.con_detalle(), "apartado__bodega")
    reserva: Reserva | None = reservas.filter(pk=pk).first()
    return reserva


def reservas_de(
    *,
    bodega: Bodega,
    ahora: datetime,
    estado: EstadoReserva | None = None,
    producto: int | None = None,
    modulo: str = "",
    modulos: Collection[str] = (),
    salto: int = 0,
    limite: int = 1000,
) -> Pagina[Reserva]:
    """Devuelve las reservas de la bodega, la más nueva primero, en dos consultas.

    Sin `estado`, todas. `modulos` es a cuáles está limitado quien pregunta; vacío, a ninguno.
    """
    reservas: ReservaQuerySet = Reserva.objects.filter(apartado__bodega=bodega)
    if estado is not None:
        reservas = reservas.en_estado(estado, ahora)
    if producto is not None:
        reservas = reservas.filter(apartado__producto_id=producto)
    if modulo:
        reservas = reservas.filter(apartado__modulo=modulo)
    if modulos:
        reservas = reservas.filter(apartado__modulo__in=list(modulos))
    pagina = reservas.con_detalle().recientes_primero()[salto : salto + limite]
    return Pagina(list(pagina), reservas.count())
