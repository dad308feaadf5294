"""Lo que corre aparte: armar una exportación, retomar las abandonadas y borrar las viejas."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from inventario.cuentas.empresas.por_empresa import por_cada_empresa
from inventario.cuentas.models import Empresa
from inventario.reportes.exportar import armado, limpieza


@shared_task(name="exportar_reporte")
def exportar(empresa_id: int, exportacion_id: int) -> None:
    """Arma una exportación. Puede repetirse y entregarse dos veces: solo una la escribe."""
    armado.armar(Empresa.objects.get(pk=empresa_id), exportacion_id)


@shared_task(name="retomar_exportaciones")
def retomar() -> None:
    """Vuelve a encargar las que nadie empezó y las que quedaron a medias. Puede repetirse."""
    por_cada_empresa(_retomar)


@shared_task(name="purgar_exportaciones")
def purgar() -> None:
    """Borra los archivos que pasaron su plazo y los que nadie nombra. Puede repetirse."""
    por_cada_empresa(lambda empresa: limpieza.purgar(empresa, timezone.now()))


def _retomar(empresa: Empresa) -> None:
    for exportacion_id in armado.por_retomar(empresa, timezone.now()):
        exportar.delay(empresa.pk, exportacion_id)
