"""Consultas de reservas: el estado siempre se decide contra el reloj."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from inventario.movimientos.models import Apartado
from inventario.nucleo.modelos import ManagerDeEmpresa
from inventario.reservas.estados import EstadoReserva

if TYPE_CHECKING:
    from inventario.reservas.models import Reserva  # noqa: F401  lo nombra el tipo del queryset


class ReservaQuerySet(models.QuerySet["Reserva"]):
    def con_detalle(self) -> ReservaQuerySet:
        """Trae lo que se muestra de cada una sin una consulta más por fila."""
        return self.select_related(
            "apartado__producto__unidad", "apartado__bodega", "creada_por", "resuelta_por"
        )

    def en_estado(self, estado: EstadoReserva, ahora: datetime) -> ReservaQuerySet:
        """Las que están así en este instante: la que pasó su hora venció, aunque ninguna tarea lo anotara."""
        vigente = Q(apartado__estado=Apartado.Estado.VIGENTE)
        return self.filter(
            {
                EstadoReserva.PENDIENTE: vigente & Q(apartado__vence_en__gt=ahora),
                EstadoReserva.VENCIDA: Q(apartado__estado=Apartado.Estado.VENCIDO)
                | (vigente & Q(apartado__vence_en__lte=ahora)),
                EstadoReserva.CONFIRMADA: Q(apartado__estado=Apartado.Estado.CONSUMIDO),
                EstadoReserva.CANCELADA: Q(apartado__estado=Apartado.Estado.LIBERADO),
            }[estado]
        )

    def recientes_primero(self) -> ReservaQuerySet:
        return self.order_by("-creada_en", "-apartado_id")


ReservaManager = ManagerDeEmpresa.from_queryset(ReservaQuerySet)
