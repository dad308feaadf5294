"""Olvidar las respuestas viejas."""

from __future__ import annotations

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from inventario.cuentas.empresas.por_empresa import por_cada_empresa
from inventario.cuentas.models import Empresa
from inventario.idempotencia.models import RespuestaGuardada
from inventario.nucleo.empresa import en_empresa

SE_GUARDA = timedelta(days=7)
LOTE = 1000


@shared_task(name="purgar_idempotencia")
def purgar() -> None:
    """Borra las respuestas guardadas hace más de 7 días. Puede repetirse."""
    por_cada_empresa(lambda empresa: purgar_viejas(empresa, timezone.now()))


def purgar_viejas(empresa: Empresa, ahora: datetime) -> int:
    """Borra por tandas, para no retener filas de quien está despachando; devuelve cuántas."""
    borradas = 0
    while True:
        with en_empresa(empresa):
            viejas = list(
                RespuestaGuardada.objects.filter(creada_en__lt=ahora - SE_GUARDA)
                .order_by("creada_en")
                .values_list("pk", flat=True)[:LOTE]
            )
            RespuestaGuardada.objects.filter(pk__in=viejas).delete()
        borradas += len(viejas)
        if len(viejas) < LOTE:
            return borradas
