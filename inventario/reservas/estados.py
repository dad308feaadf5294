"""Los estados de una reserva y cómo se llega a cada uno: todos en este lugar.

Lo que de verdad se prometió vive en el `Apartado` del libro; la reserva lo nombra como se dice afuera.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models import Apartado


class EstadoReserva(models.TextChoices):
    PENDIENTE = "pendiente", _("Pendiente")
    CONFIRMADA = "confirmada", _("Confirmada")
    CANCELADA = "cancelada", _("Cancelada")
    VENCIDA = "vencida", _("Vencida")


# Solo de pendiente se sale, y a ningún lado se vuelve (contrato biofloc §3.3).
TRANSICIONES: dict[EstadoReserva, frozenset[EstadoReserva]] = {
    EstadoReserva.PENDIENTE: frozenset(
        {EstadoReserva.CONFIRMADA, EstadoReserva.CANCELADA, EstadoReserva.VENCIDA}
    ),
    EstadoReserva.CONFIRMADA: frozenset(),
    EstadoReserva.CANCELADA: frozenset(),
    EstadoReserva.VENCIDA: frozenset(),
}

DE_APARTADO: dict[str, EstadoReserva] = {
    Apartado.Estado.VIGENTE: EstadoReserva.PENDIENTE,
    Apartado.Estado.CONSUMIDO: EstadoReserva.CONFIRMADA,
    Apartado.Estado.LIBERADO: EstadoReserva.CANCELADA,
    Apartado.Estado.VENCIDO: EstadoReserva.VENCIDA,
}

POR_QUE_NO: dict[EstadoReserva, str] = {
    EstadoReserva.CONFIRMADA: "La reserva ya se confirmó o se usó entera.",
    EstadoReserva.CANCELADA: "La reserva se canceló.",
    EstadoReserva.VENCIDA: "La reserva venció.",
}
