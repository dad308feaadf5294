"""Las partes del sistema que se revisan, cada una de la manera que la usaría una operación de verdad."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from redis import Redis

from inventario.eventos.models import Corrida
from inventario.eventos.tasks import latir
from inventario.vigilancia.respaldos.al_dia import por_que_no_al_dia
from inventario.vigilancia.revisiones import ESPERA_S, NoSirve, Revision

# Cada espera de red, menos que la de la revisión: así se sabe qué falló y no solo que calló.
_DE_RED_S = ESPERA_S * 0.75
_SONDA = "sonda de salud"


class Migraciones:
    """Comparar con el disco cuesta: una vez puestas todas, este proceso no vuelve a preguntar."""

    def __init__(self) -> None:
        self.puestas = False

    def __call__(self) -> None:
        if self.puestas:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return
        ejecutor = MigrationExecutor(connection)
        if ejecutor.migration_plan(ejecutor.loader.graph.leaf_nodes()):
            raise NoSirve("Faltan migraciones por aplicar.")
        self.puestas = True


def escribir_en_la_base() -> None:
    """Escribe y deshace: una base de solo lectura o sin espacio contesta un SELECT y no sirve."""
    with transaction.atomic():
        ahora = timezone.now()
        Corrida.objects.create(
            trabajo=f"{_SONDA} {os.getpid()}", empezo_en=ahora, termino_en=ahora, bien=True
        )
        transaction.set_rollback(True)


def recordar() -> None:
    """Guarda y lee de Redis; sin él, del caché en archivos."""
    clave, valor = f"sonda:{os.getpid()}", str(timezone.now().timestamp())
    if settings.REDIS_URL:
        # Directo: el caché de la aplicación deja de preguntar un rato tras una falla, y aquí se quiere saber.
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=_DE_RED_S, socket_connect_timeout=_DE_RED_S
        ) as redis:
            redis.set(clave, valor, ex=10)
            leido = redis.get(clave)
        volvio = leido.decode() if isinstance(leido, bytes) else leido
    else:
        caches["default"].set(clave, valor, 10)
        volvio = caches["default"].get(clave)
    if volvio != valor:
        raise NoSirve("Lo guardado no volvió igual.")


def llegar_a_la_cola() -> None:
    with current_app.connection_for_write() as cola:
        cola.ensure_connection(max_retries=0, timeout=_DE_RED_S)


def hallar_un_worker() -> None:
    if not current_app.control.ping(timeout=1.0, limit=1):
        raise NoSirve("Ningún worker contesta.")


def oir_a_beat() -> None:
    """El latido lo manda beat y lo anota un worker: si es viejo, algo de eso falta."""
    latido = Corrida.objects.filter(trabajo=latir.name).values_list("termino_en", flat=True).first()
    if latido is None:
        raise NoSirve("Todavía no late.")
    if timezone.now() - latido > 2 * _cada_cuanto_late():
        raise NoSirve(f"No late desde {_hora(latido)}.")


def quedar_espacio() -> None:
    minimo = settings.DISCO_LIBRE_MINIMO_MB * 1024 * 1024
    carpetas = {Path(settings.MEDIA_ROOT)}
    if connection.vendor == "sqlite":
        carpetas.add(Path(connection.settings_dict["NAME"]).parent)
    for carpeta in carpetas:
        existe = next(una for una in (carpeta, *carpeta.parents) if una.is_dir())
        libre = shutil.disk_usage(existe).free
        if libre < minimo:
            raise NoSirve(
                f"Quedan {libre // 2**20} MB libres y hacen falta {settings.DISCO_LIBRE_MINIMO_MB}."
            )


def tener_respaldo() -> None:
    porque = por_que_no_al_dia()
    if porque:
        raise NoSirve(porque)


def _cada_cuanto_late() -> timedelta:
    horario = PeriodicTask.objects.filter(task=latir.name, enabled=True, interval__isnull=False).first()
    return horario.interval.schedule.run_every if horario is not None else timedelta(seconds=30)


def _hora(momento: datetime) -> str:
    return timezone.localtime(momento).isoformat(timespec="seconds")


BASE = Revision("database", escribir_en_la_base)
MIGRACIONES = Revision("migrations", Migraciones())
_SIEMPRE = (
    BASE,
    Revision("cache", recordar),
    Revision("beat", oir_a_beat),
    Revision("disk", quedar_espacio),
    Revision("backup", tener_respaldo),
)
# Sin cola las tareas corren donde se las llama: no hay a quién buscar.
_CON_COLA = (Revision("broker", llegar_a_la_cola), Revision("worker", hallar_un_worker))


def todas() -> tuple[Revision, ...]:
    return _SIEMPRE if settings.CELERY_TASK_ALWAYS_EAGER else (*_SIEMPRE, *_CON_COLA)
