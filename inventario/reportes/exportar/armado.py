"""Armar el archivo de una exportación, y retomar las que quedaron a medias."""

from __future__ import annotations

import logging
import tempfile
from datetime import datetime, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

from celery.exceptions import SoftTimeLimitExceeded
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import F, Q
from django.utils import timezone, translation

from inventario.cuentas.models import Empresa
from inventario.nucleo.cantidades import CERO, en_dinero
from inventario.nucleo.empresa import consultando, en_empresa
from inventario.nucleo.errores import ErrorDeDominio
from inventario.nucleo.reloj import Reloj
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.almacen import borrar, nombre_secreto
from inventario.reportes.exportar.archivos import ESCRITORES, en_texto
from inventario.reportes.indice import REPORTES
from inventario.reportes.models import EstadoDeExportacion, Exportacion

registro = logging.getLogger(__name__)

# Pasado este silencio se da por muerto a quien la armaba: mucho más de lo que tarda una tanda.
SIN_LATIDO = timedelta(minutes=5)
INTENTOS = 3
PRIMERAS = 50
TARDO = "Tardó demasiado: pida un rango más corto."
INTERRUMPIDA = "Se interrumpió varias veces: pida un rango más corto."
DE_CASA = "No se pudo armar el archivo. Si se repite, avise con el número de la exportación."


class TurnoPerdido(Exception):
    """Otro proceso la retomó, o alguien la dio por vencida, mientras este la armaba."""


def armar(empresa: Empresa, exportacion_id: int, *, reloj: Reloj = timezone.now) -> bool:
    """Escribe el archivo de una exportación y dice si quedó lista. Repetirla no hace nada de más.

    Si otro la está armando, o ya terminó, la deja. Si algo falla queda `fallida` y el error sigue su
    camino; si matan al proceso queda `en_curso`, y pasado un rato `por_retomar` la encuentra. Las
    lecturas van por tandas, cada una en su transacción: un libro grande no la retiene abierta.
    """
    exportacion = _tomar(empresa, exportacion_id, reloj())
    if exportacion is None:
        return False
    nombre = ""
    try:
        with tempfile.TemporaryFile() as archivo, translation.override(exportacion.idioma):
            resumen = _escribir(empresa, exportacion, archivo, reloj)
            archivo.seek(0)
            nombre = default_storage.save(nombre_secreto(exportacion), File(archivo))
        _anotar(
            empresa,
            exportacion,
            estado=EstadoDeExportacion.LISTA,
            avance=100,
            archivo=nombre,
            resumen=resumen,
            terminada_en=reloj(),
        )
    except TurnoPerdido:
        borrar(nombre)
        registro.warning("Otro proceso siguió con la exportación %s", exportacion_id)
        return False
    except Exception as error:
        borrar(nombre)
        _dar_por_fallida(empresa, exportacion, error, reloj())
        raise
    return True


def por_retomar(empresa: Empresa, ahora: datetime) -> list[int]:
    """Devuelve las que nadie está armando; las que ya se intentaron mucho las da por fallidas."""
    with en_empresa(empresa):
        abandonadas = Exportacion.objects.por_retomar(sin_latido_desde=ahora - SIN_LATIDO)
        abandonadas.filter(intentos__gte=INTENTOS).update(
            estado=EstadoDeExportacion.FALLIDA, error=INTERRUMPIDA, terminada_en=ahora
        )
        return list(abandonadas.order_by("pk").values_list("pk", flat=True))


def _tomar(empresa: Empresa, exportacion_id: int, ahora: datetime) -> Exportacion | None:
    """La aparta para este proceso: `intentos` es su turno, y con uno viejo ya no se puede anotar nada."""
    libre = Q(estado=EstadoDeExportacion.PENDIENTE) | Q(
        estado=EstadoDeExportacion.EN_CURSO, latido_en__lte=ahora - SIN_LATIDO
    )
    with en_empresa(empresa):
        gano = Exportacion.objects.filter(libre, pk=exportacion_id, vence_en__gt=ahora).update(
            estado=EstadoDeExportacion.EN_CURSO,
            intentos=F("intentos") + 1,
            latido_en=ahora,
            avance=0,
            filas=0,
        )
        return Exportacion.objects.get(pk=exportacion_id) if gano else None


def _escribir(empresa: Empresa, exportacion: Exportacion, archivo: IO[bytes], reloj: Reloj) -> dict[str, Any]:
    """Escribe el archivo y devuelve lo que se enseña de él sin abrirlo: sus sumas y sus primeras filas."""
    reporte = REPORTES[exportacion.reporte]
    ambito = Ambito(
        zona=empresa.zona_horaria, ahora=exportacion.creada_en, bodegas=frozenset(exportacion.bodegas)
    )
    escritor = ESCRITORES[exportacion.formato](archivo, reporte.columnas, zona=empresa.zona_horaria)
    tandas = reporte.tandas(ambito, reporte.de_json(exportacion.parametros))
    escritas = 0
    zona = ZoneInfo(empresa.zona_horaria)
    suman = [una for una in reporte.columnas if una.clave in reporte.suman]
    sumas = {una.clave: CERO for una in suman}
    primeras: list[list[str]] = []
    while True:
        with consultando(empresa):
            tanda = next(tandas, None)
        if tanda is None:
            break
        escritor.escribir(tanda.filas)
        escritas += len(tanda.filas)
        for una in suman:
            sumas[una.clave] += sum((una.leer(fila) for fila in tanda.filas), CERO)
        primeras += [
            [en_texto(una.clase, una.leer(fila), zona) for una in reporte.columnas]
            for fila in tanda.filas[: PRIMERAS - len(primeras)]
        ]
        # El cien se dice cuando el archivo ya se puede bajar.
        _anotar(
            empresa,
            exportacion,
            filas=escritas,
            avance=min(99, escritas * 100 // max(1, tanda.total)),
            latido_en=reloj(),
        )
    escritor.cerrar()
    return {
        "sumas": {clave: format(en_dinero(suma), "f") for clave, suma in sumas.items()},
        "primeras": primeras,
    }


def _anotar(empresa: Empresa, exportacion: Exportacion, **campos: object) -> None:
    """Anota en la fila si el turno sigue siendo de este proceso; si no, lanza `TurnoPerdido`."""
    with en_empresa(empresa):
        propia = Exportacion.objects.filter(
            pk=exportacion.pk, estado=EstadoDeExportacion.EN_CURSO, intentos=exportacion.intentos
        )
        if not propia.update(**campos):
            raise TurnoPerdido


def _dar_por_fallida(empresa: Empresa, exportacion: Exportacion, error: Exception, ahora: datetime) -> None:
    # Lo que diga una excepción cualquiera puede traer SQL o rutas: a la persona solo le llega lo del dominio.
    texto = TARDO if isinstance(error, SoftTimeLimitExceeded) else DE_CASA
    if isinstance(error, ErrorDeDominio):
        texto = error.mensaje
    try:
        _anotar(
            empresa,
            exportacion,
            estado=EstadoDeExportacion.FALLIDA,
            error=texto[:500],
            terminada_en=ahora,
        )
    except TurnoPerdido:
        registro.warning("La exportación %s ya era de otro cuando falló", exportacion.pk)
