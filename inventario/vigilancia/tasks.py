"""La comprobación nocturna de los libros."""

from __future__ import annotations

from datetime import UTC, datetime

from celery import shared_task
from django.utils import timezone

from inventario.cuentas.empresas.por_empresa import por_cada_empresa
from inventario.cuentas.models import Empresa
from inventario.eventos.models import Comprobacion
from inventario.movimientos.verificacion import verificar
from inventario.nucleo.empresa import consultando, fotografiando
from inventario.nucleo.reloj import Reloj
from inventario.vigilancia.corridas import anotar_comprobacion

DETALLE_MAXIMO = 200


class LibrosSinCuadrar(Exception):
    """Hay diferencias: cuáles, en la comprobación guardada de la empresa."""


# Si al proceso lo mataron por falta de memoria, entregarla de nuevo al momento lo mataría otra vez.
@shared_task(name="verificar_libros", reject_on_worker_lost=False)
def verificar_libros() -> None:
    """Recalcula los libros de cada empresa y guarda lo que encontró; falla si alguno no cuadra.

    Empieza por las que hace más que no se comprueban: si el tiempo no alcanza, mañana les toca primero.
    """
    por_cada_empresa(_exigir_que_cuadre, sorted(Empresa.objects.order_by("pk"), key=_ultima_vez))


def _ultima_vez(empresa: Empresa) -> datetime:
    with consultando(empresa):
        ultima: datetime | None = Comprobacion.objects.values_list("empezo_en", flat=True).first()
    return ultima or datetime.min.replace(tzinfo=UTC)


def _exigir_que_cuadre(empresa: Empresa) -> None:
    comprobacion = comprobar_libros(empresa)
    if not comprobacion.cuadran:
        raise LibrosSinCuadrar(f"{empresa.slug}: {comprobacion}.")


def comprobar_libros(empresa: Empresa, *, reloj: Reloj = timezone.now) -> Comprobacion:
    """Recalcula los libros de una empresa y guarda el resultado, que devuelve."""
    empezo = reloj()
    cuantas, textos = 0, []
    with fotografiando(empresa):
        for cuantas, hallazgo in enumerate(verificar(empresa), start=1):
            # Con los libros deshechos puede haber una por fila: se cuentan todas y se guardan las primeras.
            if cuantas <= DETALLE_MAXIMO:
                textos.append(str(hallazgo))
    return anotar_comprobacion(
        empresa, diferencias=cuantas, detalle="\n".join(textos), empezo_en=empezo, termino_en=reloj()
    )
