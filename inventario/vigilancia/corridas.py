"""Anotar lo que hicieron las tareas periódicas, sin que las anotaciones crezcan con los años."""

from __future__ import annotations

from datetime import datetime

from inventario.cuentas.models import Empresa
from inventario.eventos.models import Comprobacion, Corrida
from inventario.nucleo.empresa import en_empresa

# Dos meses de noches por empresa.
COMPROBACIONES_POR_EMPRESA = 60
TEXTO_MAXIMO = 2000


def anotar_corrida(trabajo: str, *, empezo_en: datetime, termino_en: datetime, error: str = "") -> Corrida:
    """Guarda cómo terminó la última corrida de un trabajo; un `error` vacío es que terminó bien."""
    corrida, _ = Corrida.objects.update_or_create(
        trabajo=trabajo,
        defaults={
            "empezo_en": empezo_en,
            "termino_en": termino_en,
            "bien": not error,
            "detalle": error[:TEXTO_MAXIMO],
        },
    )
    return corrida


def anotar_comprobacion(
    empresa: Empresa, *, diferencias: int, detalle: str, empezo_en: datetime, termino_en: datetime
) -> Comprobacion:
    """Guarda una comprobación de los libros de la empresa y olvida las más viejas."""
    with en_empresa(empresa):
        comprobacion: Comprobacion = Comprobacion.objects.create(
            empresa=empresa,
            empezo_en=empezo_en,
            termino_en=termino_en,
            diferencias=diferencias,
            detalle=detalle,
        )
        sobran = Comprobacion.objects.order_by("-pk").values_list("pk", flat=True)
        Comprobacion.objects.filter(pk__in=list(sobran[COMPROBACIONES_POR_EMPRESA:])).delete()
    return comprobacion
