"""Lo que una reserva puede rechazar."""

from __future__ import annotations

from inventario.nucleo.errores import NoEncontrado
from inventario.reservas.estados import POR_QUE_NO, EstadoReserva


class ReservaYaResuelta(NoEncontrado):
    """Se confirmó, se canceló o venció: una reserva se resuelve una sola vez."""

    codigo = "reserva_ya_resuelta"

    def __init__(self, estado: EstadoReserva) -> None:
        super().__init__(POR_QUE_NO[estado], estado=estado.value)
        self.estado = estado
