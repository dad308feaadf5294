"""Barrer lo subido que nadie aplicó, y lo que quedó sin dueño."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from inventario.borde.admin import subidas
from inventario.cuentas.models import Empresa
from inventario.importaciones.encargos.almacen import CARPETA, borrar
from inventario.importaciones.models import EncargoDeImportacion, EstadoDeEncargo
from inventario.nucleo.empresa import consultando, en_empresa

# Lo recién guardado puede ser de una página que todavía no confirma su fila.
SIN_DUENO = timedelta(hours=6)
SE_RECUERDA = timedelta(days=90)


def purgar(empresa: Empresa, ahora: datetime) -> None:
    """Borra el archivo de lo que se ensayó y no se aplicó a tiempo, y olvida los encargos muy viejos."""
    with en_empresa(empresa):
        vencidos = EncargoDeImportacion.objects.filter(estado=EstadoDeEncargo.ENSAYADO, vence_en__lte=ahora)
        guardados = list(vencidos.values_list("guardado", flat=True))
        vencidos.update(estado=EstadoDeEncargo.VENCIDO, guardado="")
        EncargoDeImportacion.objects.filter(guardado="", vence_en__lte=ahora - SE_RECUERDA).delete()
    for guardado in guardados:
        borrar(guardado)
    _barrer(empresa, ahora)


def barrer_subidas(ahora: datetime) -> None:
    """Barre también lo que dejan a medias las subidas de los demás catálogos."""
    subidas.barrer(ahora)


def _barrer(empresa: Empresa, ahora: datetime) -> None:
    carpeta = f"{CARPETA}/{empresa.pk}"
    try:
        guardados = {f"{carpeta}/{nombre}" for nombre in default_storage.listdir(carpeta)[1]}
    except FileNotFoundError:
        # Nadie de la empresa ha importado nada todavía.
        return
    with consultando(empresa):
        con_dueno = set(EncargoDeImportacion.objects.exclude(guardado="").values_list("guardado", flat=True))
    for guardado in guardados - con_dueno:
        if default_storage.get_modified_time(guardado) <= ahora - SIN_DUENO:
            borrar(guardado)
