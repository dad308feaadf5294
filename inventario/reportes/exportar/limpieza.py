"""Borrar los archivos que pasaron su plazo o quedaron sin dueño."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from inventario.cuentas.models import Empresa
from inventario.nucleo.empresa import consultando, en_empresa
from inventario.reportes.exportar.almacen import CARPETA, borrar
from inventario.reportes.models import EstadoDeExportacion, Exportacion

# Lo recién guardado puede ser de quien todavía no llegó a anotarlo en su fila.
SIN_DUENO = timedelta(days=1)
SE_RECUERDA = timedelta(days=90)


def purgar(empresa: Empresa, ahora: datetime) -> int:
    """Borra los archivos que pasaron su plazo o quedaron sin dueño; devuelve cuántos.

    También olvida los encargos muy viejos.
    """
    borrados = 0
    with consultando(empresa):
        vencidas = list(Exportacion.objects.por_borrar(ahora).order_by("pk"))
    for exportacion in vencidas:
        # Primero el archivo: si el proceso muere en medio, la fila lo sigue recordando.
        borrados += borrar(exportacion.archivo)
        with en_empresa(empresa):
            Exportacion.objects.filter(pk=exportacion.pk).update(
                estado=EstadoDeExportacion.VENCIDA, archivo="", resumen={}
            )
    with en_empresa(empresa):
        Exportacion.objects.filter(
            estado=EstadoDeExportacion.VENCIDA, vence_en__lte=ahora - SE_RECUERDA
        ).delete()
    return borrados + _borrar_sin_dueno(empresa, ahora)


def _borrar_sin_dueno(empresa: Empresa, ahora: datetime) -> int:
    """Borra lo que dejó quien murió después de guardar el archivo y antes de anotarlo en la fila."""
    carpeta = f"{CARPETA}/{empresa.pk}"
    try:
        guardados = {f"{carpeta}/{nombre}" for nombre in default_storage.listdir(carpeta)[1]}
    except FileNotFoundError:
        # Nadie de la empresa ha encargado nada todavía.
        return 0
    with consultando(empresa):
        con_fila = set(Exportacion.objects.exclude(archivo="").values_list("archivo", flat=True))
    return sum(borrar(nombre) for nombre in guardados - con_fila if _es_viejo(nombre, ahora))


def _es_viejo(nombre: str, ahora: datetime) -> bool:
    try:
        return default_storage.get_modified_time(nombre) <= ahora - SIN_DUENO
    except FileNotFoundError:
        # Otra purga lo borró entretanto.
        return False
