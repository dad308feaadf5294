"""Lo que corre solo: repartir, entregar y purgar."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from inventario.cuentas.models import Empresa
from inventario.eventos import reparto


@shared_task
def despachar(empresa_id: int | None = None) -> None:
    """Reparte y entrega lo pendiente de una empresa, o de todas. Puede repetirse y correr a la vez."""
    for empresa in _empresas(empresa_id):
        reparto.repartir(empresa, timezone.now())
        reparto.entregar(empresa)


@shared_task
def purgar() -> None:
    """Borra los eventos viejos ya entregados."""
    for empresa in _empresas(None):
        reparto.purgar_viejos(empresa, timezone.now())


def _empresas(empresa_id: int | None) -> list[Empresa]:
    # También las inactivas: lo que ya ocurrió en ellas se debe contar.
    todas = Empresa.objects.order_by("pk")
    return list(todas if empresa_id is None else todas.filter(pk=empresa_id))
