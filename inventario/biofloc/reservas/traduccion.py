"""De nuestras reservas al vocabulario ajeno, y de vuelta."""

from __future__ import annotations

from typing import Any

from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva

ESTADOS: dict[EstadoReserva, str] = {
    EstadoReserva.PENDIENTE: "pending",
    EstadoReserva.CONFIRMADA: "confirmed",
    EstadoReserva.CANCELADA: "cancelled",
    EstadoReserva.VENCIDA: "expired",
}
ESTADO_DE: dict[str, EstadoReserva] = {texto: estado for estado, texto in ESTADOS.items()}


def reservacion(reserva: Reserva, ahora: Any) -> dict[str, Any]:
    apartado = reserva.apartado
    return {
        "id": reserva.pk,
        "item_id": apartado.producto_id,
        "item_name": apartado.producto.nombre,
        "sku": apartado.producto.sku,
        "quantity": apartado.cantidad,
        "remaining_quantity": reserva.restante(ahora),
        "module_reference": apartado.modulo,
        "reference_id": apartado.referencia or None,
        "status": ESTADOS[reserva.estado(ahora)],
        "reserved_until": apartado.vence_en,
        "notes": reserva.notas or None,
        "created_by": reserva.externo_id or str(reserva.creada_por_id),
        "created_by_name": reserva.nombre_de_quien_creo,
        "created_at": reserva.creada_en,
    }
