"""Llevar cada evento a quien lo consume: no se pierde, no se repite y respeta el orden de su clave."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from inventario.cuentas.models import Empresa
from inventario.eventos.models import Entrega, Evento
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.reloj import Reloj

registro = logging.getLogger(__name__)

Consumidor = Callable[[Evento], None]

LOTE = 200
# Se toma de a una; las demás son por si otro proceso gana las primeras.
CANDIDATAS = 10
ENTREGAS_POR_PASADA = 1000
INTENTOS = 12
ESPERA = timedelta(seconds=30)
ESPERA_MAXIMA = timedelta(hours=6)
SE_GUARDA = timedelta(days=30)


def consumidores_de(tipo: str) -> list[str]:
    """Las funciones que esperan ese tipo de evento, por su ruta."""
    esperan: list[str] = settings.CONSUMIDORES_DE_EVENTOS.get(tipo, [])
    return esperan


def se_hace_en_el_acto(tipo: str) -> bool:
    """Si a todos los que esperan ese tipo se les puede dar al confirmar, muchos eventos de una vez."""
    return set(consumidores_de(tipo)) <= set(settings.CONSUMIDORES_EN_EL_ACTO)


def entregar_en_el_acto(eventos: Sequence[Evento], ahora: datetime) -> bool:
    """Da esos eventos, de una empresa, a sus consumidores ahora mismo y sin cola; dice si salió bien.

    Es lo que hace que quien movió algo lo vea ya reflejado. Si falla no se pierde nada: los eventos siguen
    sin repartir y los recoge la ronda. No sirve para tipos que esperen otros consumidores.
    """
    try:
        with en_empresa(eventos[0].empresa):
            # Los que otro proceso ya esté repartiendo los hace él: quien responde a una persona no espera.
            tomados = Evento.objects.tomar([evento.pk for evento in eventos], ahora)
            for consumidor, suyos in _juntos([uno for uno in eventos if uno.pk in tomados]).items():
                import_string(consumidor)(*suyos)
    except Exception:  # la operación ya está confirmada: que falle lo que viene después no la estropea
        registro.exception("No se pudo entregar en el acto; queda para la ronda")
        return False
    return True


def repartir(empresa: Empresa, ahora: datetime) -> int:
    """Anota una entrega por consumidor de cada evento sin repartir; devuelve cuántos eventos repartió.

    A los consumidores que toman muchos de una vez se les dan aquí mismo; solo si fallan se les anota.
    """
    total = 0
    while True:
        with en_empresa(empresa):
            # Sin saltar lo bloqueado: si dos reparten a la vez, el segundo espera y el orden se conserva.
            eventos = list(Evento.objects.filter(repartido_en=None).order_by("id").select_for_update()[:LOTE])
            if not eventos:
                return total
            _marcar_repartidos(empresa, eventos, ahora)
            listos = _entregar_juntos(eventos)
            Entrega.objects.bulk_create(
                [
                    Entrega(empresa=empresa, evento=evento, consumidor=consumidor, proximo_en=ahora)
                    for evento in eventos
                    for consumidor in consumidores_de(evento.tipo)
                    if consumidor not in listos
                ],
                ignore_conflicts=True,
            )
        total += len(eventos)


def _marcar_repartidos(empresa: Empresa, eventos: Sequence[Evento], ahora: datetime) -> None:
    for evento in eventos:
        # Quien lo consuma necesita la empresa: así no la vuelve a leer.
        evento.empresa = empresa
    Evento.objects.filter(pk__in=[evento.pk for evento in eventos], repartido_en=None).update(
        repartido_en=ahora
    )


def _juntos(eventos: Sequence[Evento]) -> dict[str, list[Evento]]:
    """Los eventos de cada consumidor que los toma de a muchos."""
    por_consumidor: dict[str, list[Evento]] = {}
    for evento in eventos:
        for consumidor in consumidores_de(evento.tipo):
            if consumidor in settings.CONSUMIDORES_EN_EL_ACTO:
                por_consumidor.setdefault(consumidor, []).append(evento)
    return por_consumidor


def _entregar_juntos(eventos: Sequence[Evento]) -> set[str]:
    """Devuelve los consumidores que ya los recibieron; al que falló se le entregará de a uno."""
    listos = set()
    for consumidor, suyos in _juntos(eventos).items():
        try:
            with transaction.atomic():
                import_string(consumidor)(*suyos)
            listos.add(consumidor)
        except Exception:  # un consumidor roto no debe detener el reparto
            registro.exception("Falló %s con %s eventos juntos", consumidor, len(suyos))
    return listos


def entregar(empresa: Empresa, reloj: Reloj = timezone.now) -> tuple[int, int]:
    """Hace las entregas que tocan; devuelve cuántas se entregaron y cuántas fallaron."""
    entregadas = fallidas = 0
    for _ in range(ENTREGAS_POR_PASADA):
        tomada = _tomar(empresa, reloj())
        if tomada is None:
            break
        if _hacer(empresa, tomada):
            entregadas += 1
        else:
            fallidas += 1
    return entregadas, fallidas


def _tomar(empresa: Empresa, ahora: datetime) -> Entrega | None:
    """Toma la siguiente entrega y la aparta por un rato: si el proceso muere, otro la hará después.

    Una entrega espera a las anteriores de su misma clave y consumidor; las de otras claves no la esperan.
    """
    with en_empresa(empresa):
        antes = Entrega.objects.filter(
            estado=Entrega.Estado.PENDIENTE,
            consumidor=OuterRef("consumidor"),
            evento__clave=OuterRef("evento__clave"),
            evento_id__lt=OuterRef("evento_id"),
        )
        candidatas = (
            Entrega.objects.filter(estado=Entrega.Estado.PENDIENTE, proximo_en__lte=ahora)
            .filter(Q(evento__clave="") | ~Exists(antes))
            .select_related("evento")
            .order_by("evento_id", "id")[:CANDIDATAS]
        )
        for entrega in candidatas:
            espera = min(ESPERA * 2 ** min(entrega.intentos, 20), ESPERA_MAXIMA)
            gano = Entrega.objects.filter(
                pk=entrega.pk, estado=Entrega.Estado.PENDIENTE, intentos=entrega.intentos
            ).update(intentos=F("intentos") + 1, proximo_en=ahora + espera)
            if gano:
                entrega.intentos += 1
                return entrega
    return None


def _hacer(empresa: Empresa, entrega: Entrega) -> bool:
    try:
        with en_empresa(empresa):
            consumidor: Consumidor = import_string(entrega.consumidor)
            consumidor(entrega.evento)
            # Junto con el efecto: si esto no se confirma, aquello tampoco.
            propia = Entrega.objects.filter(
                pk=entrega.pk, estado=Entrega.Estado.PENDIENTE, intentos=entrega.intentos
            )
            if not propia.update(estado=Entrega.Estado.ENTREGADA, error=""):
                raise TimeoutError("Tardó más que su espera y otro proceso la retomó.")
    except SoftTimeLimitExceeded:
        # Se acabó el tiempo de la tarea, no el del consumidor: la siguiente ronda retoma la entrega.
        raise
    except Exception as error:  # un consumidor roto no debe detener a los demás
        agotada = entrega.intentos >= INTENTOS
        registro.exception("Falló la entrega %s (intento %s)", entrega, entrega.intentos)
        with en_empresa(empresa):
            Entrega.objects.filter(
                pk=entrega.pk, estado=Entrega.Estado.PENDIENTE, intentos=entrega.intentos
            ).update(
                error=f"{type(error).__name__}: {error}"[:1000],
                estado=Entrega.Estado.FALLIDA if agotada else Entrega.Estado.PENDIENTE,
            )
        return False
    return True


def purgar_viejos(empresa: Empresa, ahora: datetime) -> int:
    """Borra los eventos de hace más de 30 días que ya no deben nada a nadie; devuelve cuántos."""
    borrados = 0
    while True:
        with en_empresa(empresa):
            pendiente = Entrega.objects.filter(evento=OuterRef("pk"), estado=Entrega.Estado.PENDIENTE)
            viejos = list(
                Evento.objects.filter(creado_en__lt=ahora - SE_GUARDA, repartido_en__isnull=False)
                .exclude(Exists(pendiente))
                .order_by("id")
                .values_list("pk", flat=True)[:LOTE]
            )
            if not viejos:
                return borrados
            Evento.objects.filter(pk__in=viejos).delete()
        borrados += len(viejos)
