"""Lo que corre solo: anotar las reservas que pasaron su hora y avisar de las que perdieron su respaldo."""

from __future__ import annotations

from celery import shared_task

from inventario.cuentas.empresas.por_empresa import por_cada_empresa
from inventario.cuentas.models import Empresa
from inventario.reservas.services import avisar_sin_respaldo, vencer_reservas


# El nombre es el que el contrato externo promete en /health.
@shared_task(name="expire_reservations")
def vencer() -> None:
    """Anota lo que el reloj les hizo a las reservas de cada empresa activa. Puede repetirse."""
    por_cada_empresa(_mirar_el_reloj, Empresa.objects.filter(activa=True).order_by("pk"))


def _mirar_el_reloj(empresa: Empresa) -> None:
    vencer_reservas(empresa)
    # Un lote vence a medianoche de su empresa, sin que nadie lo toque: las demás pérdidas las avisa el libro.
    avisar_sin_respaldo(empresa)
