"""Lo que corre solo: encaminar, entregar, purgar y dar señales de vida."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from inventario.cuentas.empresas.por_empresa import por_cada_empresa
from inventario.cuentas.models import Empresa
from inventario.eventos import entrega


@shared_task(name="despachar_eventos")
def despachar(empresa_id: int | None = None) -> None:
    """Encamina y entrega lo pendiente de una empresa, o de todas. Puede repetirse y correr a la vez."""
    empresas = None if empresa_id is None else Empresa.objects.filter(pk=empresa_id)
    por_cada_empresa(_despachar, empresas)


@shared_task(name="purgar_eventos")
def purgar() -> None:
    """Borra los eventos viejos ya entregados. Puede repetirse."""
    por_cada_empresa(lambda empresa: entrega.purgar_viejos(empresa, timezone.now()))


@shared_task(name="latido", acks_late=False)
def latir() -> None:
    """No hace nada: que su corrida quede anotada dice que beat manda y que un worker atiende."""


def _despachar(empresa: Empresa) -> None:
    entrega.encaminar(empresa, timezone.now())
    entrega.entregar(empresa)
