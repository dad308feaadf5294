"""Correr un encargo: ensayarlo o aplicarlo, una sola vez aunque se entregue dos o maten a quien lo corre."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.models import Empresa
from inventario.importaciones.aplicar import Leida, importar, leer
from inventario.importaciones.encargos import almacen
from inventario.importaciones.models import EncargoDeImportacion, EstadoDeEncargo
from inventario.importaciones.por_importar import Informe, PorImportar
from inventario.nucleo import cache
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import consultando, en_empresa
from inventario.nucleo.errores import ErrorDeDominio
from inventario.nucleo.reloj import Reloj

registro = logging.getLogger(__name__)

INTENTOS = 3
# Un encargo ocupa a un worker mientras dura, y hay correos esperando: lo más largo va por la consola.
MAXIMO_FILAS = 20_000
A_LA_VISTA = 1000
AVISAR_CADA_S = 1.0
_QUE_SIGUE = {
    EstadoDeEncargo.POR_ENSAYAR: EstadoDeEncargo.ENSAYANDO,
    EstadoDeEncargo.ENSAYANDO: EstadoDeEncargo.ENSAYANDO,
    EstadoDeEncargo.POR_APLICAR: EstadoDeEncargo.APLICANDO,
    EstadoDeEncargo.APLICANDO: EstadoDeEncargo.APLICANDO,
}
TARDO = "Tardó demasiado: divida el archivo, o impórtelo con la orden «importar»."
INTERRUMPIDO = "Se interrumpió varias veces: súbalo otra vez o divídalo."
DE_CASA = "No se pudo importar. Si se repite, avise con el número del encargo."


class TurnoPerdido(Exception):
    """Otro proceso lo retomó mientras este lo corría: lo hecho se deshace."""


def correr(empresa: Empresa, encargo_id: int, *, reloj: Reloj = timezone.now) -> None:
    """Ensaya o aplica el encargo, según lo que espere. Si otro lo tiene, o ya terminó, no hace nada."""
    encargo = _tomar(empresa, encargo_id, reloj())
    if encargo is None:
        return
    try:
        with consultando(empresa):
            actor = actor_de_membresia(encargo.usuario, empresa)
        with almacen.en_disco(encargo.guardado) as archivo:
            por_importar = PorImportar(
                encargo.clase,
                archivo,
                nombre=encargo.archivo,
                aplicar=encargo.estado == EstadoDeEncargo.APLICANDO,
                # Repetir un catálogo no lo duplica, y el ensayo ya avisó que el archivo es el mismo.
                repetir=True,
            )
            leida = leer(encargo.clase, archivo, encargo.archivo, maximo=MAXIMO_FILAS)
            (_aplicar if por_importar.aplicar else _ensayar)(encargo, actor, por_importar, leida)
    except TurnoPerdido:
        registro.warning("Otro proceso siguió con el encargo %s", encargo_id)
    except ErrorDeDominio as error:
        _dar_por_fallido(encargo, error.mensaje)
    except FileNotFoundError:
        _dar_por_fallido(encargo, "El archivo ya no está: súbalo otra vez.")
    except Exception as error:
        _dar_por_fallido(encargo, TARDO if isinstance(error, SoftTimeLimitExceeded) else DE_CASA)
        raise


def por_retomar(empresa: Empresa, ahora: datetime) -> list[int]:
    """Devuelve los que nadie corre; los que ya se intentaron mucho los da por fallidos."""
    with en_empresa(empresa):
        abandonados = EncargoDeImportacion.objects.filter(
            _libre(ahora), creado_en__lte=ahora - _sin_noticia()
        )
        cansados = list(abandonados.filter(intentos__gte=INTENTOS))
        pendientes = list(
            abandonados.filter(intentos__lt=INTENTOS).order_by("pk").values_list("pk", flat=True)
        )
    for encargo in cansados:
        _dar_por_fallido(encargo, INTERRUMPIDO)
    return pendientes


def avance_de(encargo: EncargoDeImportacion) -> int | None:
    """Cuántas filas van, si se sabe. Por la caché: lo que se aplica es una transacción que nadie ve."""
    van = cache.leer(_clave(encargo))
    return van if isinstance(van, int) else None


def _sin_noticia() -> timedelta:
    """Pasado esto, a quien lo corría ya lo mataron: ninguna tarea dura más."""
    return timedelta(seconds=settings.TAREA_MAXIMA_S + 60)


def _libre(ahora: datetime) -> Q:
    quietos = Q(estado__in=[EstadoDeEncargo.POR_ENSAYAR, EstadoDeEncargo.POR_APLICAR])
    return quietos | Q(
        estado__in=[EstadoDeEncargo.ENSAYANDO, EstadoDeEncargo.APLICANDO],
        empezo_en__lte=ahora - _sin_noticia(),
    )


def _tomar(empresa: Empresa, encargo_id: int, ahora: datetime) -> EncargoDeImportacion | None:
    with en_empresa(empresa):
        encargo = (
            EncargoDeImportacion.objects.select_related("usuario")
            .filter(_libre(ahora), pk=encargo_id)
            .first()
        )
        if encargo is None:
            return None
        gano = EncargoDeImportacion.objects.filter(
            pk=encargo.pk, estado=encargo.estado, intentos=encargo.intentos
        ).update(
            estado=_QUE_SIGUE[EstadoDeEncargo(encargo.estado)], intentos=F("intentos") + 1, empezo_en=ahora
        )
        if not gano:
            return None
        encargo.estado = _QUE_SIGUE[EstadoDeEncargo(encargo.estado)]
        encargo.intentos += 1
        return encargo


def _ensayar(encargo: EncargoDeImportacion, actor: Actor, por_importar: PorImportar, leida: Leida) -> None:
    informe = importar(actor=actor, por_importar=por_importar, leida=leida, avanzar=Contador(encargo))
    mal = bool(informe.rechazos)
    with en_empresa(encargo.empresa):
        _anotar(
            encargo,
            estado=EstadoDeEncargo.CON_ERRORES if mal else EstadoDeEncargo.ENSAYADO,
            guardado="" if mal else encargo.guardado,
            **_cuentas(informe),
        )
    if mal:
        almacen.borrar(encargo.guardado)


def _aplicar(encargo: EncargoDeImportacion, actor: Actor, por_importar: PorImportar, leida: Leida) -> None:
    # En la misma transacción: si matan al proceso, o queda importado y dicho, o no quedó nada.
    with en_empresa(encargo.empresa):
        informe = importar(actor=actor, por_importar=por_importar, leida=leida, avanzar=Contador(encargo))
        _anotar(
            encargo,
            # Entre el ensayo y la confirmación algo cambió: o entra todo, o no entra nada.
            estado=EstadoDeEncargo.APLICADO if informe.aplicado else EstadoDeEncargo.CON_ERRORES,
            importacion=informe.importacion,
            guardado="",
            **_cuentas(informe),
        )
    almacen.borrar(encargo.guardado)


def _cuentas(informe: Informe) -> dict[str, object]:
    return {
        "leidas": informe.leidas,
        "aceptadas": informe.aceptadas,
        "rechazadas": informe.rechazadas,
        "rechazos": [str(rechazo) for rechazo in informe.rechazos[:A_LA_VISTA]],
        "avisos": informe.avisos,
    }


def _anotar(encargo: EncargoDeImportacion, **campos: object) -> None:
    propio = EncargoDeImportacion.objects.filter(
        pk=encargo.pk, estado=encargo.estado, intentos=encargo.intentos
    )
    if not propio.update(**campos):
        raise TurnoPerdido


def _dar_por_fallido(encargo: EncargoDeImportacion, por_que: str) -> None:
    try:
        with en_empresa(encargo.empresa):
            _anotar(encargo, estado=EstadoDeEncargo.FALLIDO, error=por_que[:500], guardado="")
    except TurnoPerdido:
        registro.warning("El encargo %s ya era de otro cuando falló", encargo.pk)
    else:
        almacen.borrar(encargo.guardado)


def _clave(encargo: EncargoDeImportacion) -> str:
    return f"importacion:{encargo.pk}:van"


class Contador:
    """Cuenta filas y lo dice a lo sumo una vez por segundo."""

    def __init__(self, encargo: EncargoDeImportacion) -> None:
        self._clave, self._van, self._dicho_en = _clave(encargo), 0, 0.0

    def __call__(self, filas: int) -> None:
        self._van += filas
        if time.monotonic() - self._dicho_en >= AVISAR_CADA_S:
            self._dicho_en = time.monotonic()
            cache.guardar(self._clave, self._van, dura_s=3600)
