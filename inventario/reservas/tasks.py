"""Lo que corre solo: anotar las reservas que pasaron su hora."""

from __future__ import annotations

from celery import shared_task

from inventario.cuentas.models import Empresa
from inventario.cuentas.rondas import por_cada_empresa
from inventario.reservas.services import vencer_reservas


# El nombre es el que el contrato externo promete en /health.
@shared_task(name="expire_reservations")
def vencer() -> None:
    """Anota como vencidas las reservas que pasaron su hora, en cada empresa activa. Puede repetirse."""
    por_cada_empresa(vencer_reservas, Empresa.objects.filter(activa=True).order_by("pk"))
