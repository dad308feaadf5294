"""Lo que corre aparte: ensayar y aplicar lo encargado, retomar lo abandonado y barrer lo viejo."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from inventario.cuentas.empresas.por_empresa import por_cada_empresa
from inventario.cuentas.models import Empresa
from inventario.importaciones.encargos import corrida, limpieza


@shared_task(name="correr_importacion")
def correr(empresa_id: int, encargo_id: int) -> None:
    """Ensaya o aplica un encargo. Puede repetirse y entregarse dos veces."""
    corrida.correr(Empresa.objects.get(pk=empresa_id), encargo_id)


@shared_task(name="retomar_importaciones")
def retomar() -> None:
    """Vuelve a mandar los que nadie empezó y los que quedaron a medias. Puede repetirse."""
    por_cada_empresa(_retomar)


@shared_task(name="purgar_importaciones")
def purgar() -> None:
    """Borra lo subido que no se aplicó a tiempo. Puede repetirse."""
    ahora = timezone.now()
    limpieza.barrer_subidas(ahora)
    por_cada_empresa(lambda empresa: limpieza.purgar(empresa, ahora))


def _retomar(empresa: Empresa) -> None:
    for encargo_id in corrida.por_retomar(empresa, timezone.now()):
        correr.delay(empresa.pk, encargo_id)
