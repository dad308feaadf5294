"""Llevar cada evento a quien lo consume: no se pierde y respeta el orden de su clave.

Un evento primero se **encamina**: sus consumidores inmediatos lo reciben, y de cada uno de los demás, o del
inmediato que falló, queda una entrega. Después las entregas se hacen de a una. Así cada consumidor tiene su
propio estado: el que falla se reintenta solo, y los otros no lo esperan ni lo reciben otra vez.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_scopes import scope

from inventario.cuentas.models import Empresa
from inventario.eventos.consumidores import Consumidor, HaciaAfuera, consumidores_de, inmediatos_de
from inventario.eventos.models import Entrega, Evento
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.reloj import Reloj

registro = logging.getLogger(__name__)

LOTE = 200
# Se toma de a una; las demás son por si otro proceso gana las primeras.
CANDIDATAS = 10
ENTREGAS_POR_PASADA = 1000
INTENTOS = 12
# Lo que se aparta una entrega la primera vez, y lo que se espera para reintentarla.
ESPERA = timedelta(seconds=30)
ESPERA_MAXIMA = timedelta(hours=6)
SE_GUARDA = timedelta(days=30)


def entregar_en_el_acto(empresa: Empresa, eventos: Sequence[Evento], ahora: datetime) -> bool:
    """Encamina esos eventos ahora mismo y sin cola; dice si con eso nadie más los espera.

    Es lo que hace que quien movió algo lo vea ya reflejado. Si falla no se pierde nada: los eventos siguen
    sin encaminar y los recoge la ronda.
    """
    try:
        with en_empresa(empresa):
            # Los que otro proceso ya esté encaminando los hace él: quien responde a una persona no espera.
            tomados = Evento.objects.tomar([evento.pk for evento in eventos], ahora)
            return not _encaminar(empresa, [uno for uno in eventos if uno.pk in tomados], ahora)
    except SoftTimeLimitExceeded:
        # Quien movió algo era una tarea y se le acabó el tiempo: seguir es esperar a que la maten.
        raise
    except Exception:  # la operación ya está confirmada: que falle lo que viene después no la estropea
        registro.exception("No se pudo entregar en el acto; queda para la ronda")
        return False


def encaminar(empresa: Empresa, ahora: datetime) -> int:
    """Encamina todo lo que falte de la empresa; devuelve cuántos eventos."""
    total = 0
    while True:
        with en_empresa(empresa):
            # Sin saltar lo bloqueado: si dos encaminan a la vez, el segundo espera y el orden se conserva.
            eventos = list(Evento.objects.filter(repartido_en=None).order_by("id").select_for_update()[:LOTE])
            if not eventos:
                return total
            for evento in eventos:
                # Quien lo consuma necesita la empresa: así no la vuelve a leer.
                evento.empresa = empresa
            Evento.objects.filter(pk__in=[evento.pk for evento in eventos]).update(repartido_en=ahora)
            _encaminar(empresa, eventos, ahora)
        total += len(eventos)


def _encaminar(empresa: Empresa, eventos: Sequence[Evento], ahora: datetime) -> bool:
    """Da los eventos a los inmediatos y anota las entregas de los demás; dice si anotó alguna.

    Va en la transacción que los marca encaminados: ninguno queda marcado y sin quien se lo deba.
    """
    recibieron = _dar_a_los_inmediatos(eventos)
    entregas = [
        Entrega(empresa=empresa, evento=evento, consumidor=consumidor, proximo_en=ahora)
        for evento in eventos
        for consumidor in consumidores_de(evento.tipo)
        if consumidor not in recibieron
    ]
    Entrega.objects.bulk_create(entregas, ignore_conflicts=True)
    return bool(entregas)


def _dar_a_los_inmediatos(eventos: Sequence[Evento]) -> set[str]:
    """Da a cada uno todos los suyos de una vez; devuelve los que pudieron con ellos."""
    suyos: dict[str, list[Evento]] = {}
    for evento in eventos:
        for consumidor in inmediatos_de(evento.tipo):
            suyos.setdefault(consumidor, []).append(evento)
    return {consumidor for consumidor, juntos in suyos.items() if _dar(consumidor, juntos)}


def _dar(consumidor: str, eventos: Sequence[Evento]) -> bool:
    try:
        recibir: Consumidor = import_string(consumidor)
        if isinstance(recibir, HaciaAfuera):
            # Lo revisa `checks` al arrancar, pero el servidor web no corre esas revisiones.
            raise ImproperlyConfigured("Habla con otra máquina: no recibe dentro de una transacción.")
        with transaction.atomic():
            recibir(*eventos)
    except SoftTimeLimitExceeded:
        # Se acabó el tiempo de la tarea, no el del consumidor.
        raise
    except Exception:  # un consumidor roto no debe detener a los demás: queda su entrega
        registro.exception("Falló %s con %s eventos juntos", consumidor, len(eventos))
        return False
    return True


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

    Una entrega espera a las anteriores de su misma clave y consumidor, también a las que todavía no se
    anotan porque su evento está por encaminarse; las de otras claves no la esperan.
    """
    # Durable: nada de lo que sigue sirve si quien llama puede deshacerlo, ni se manda con algo retenido.
    with en_empresa(empresa, durable=True):
        antes = Entrega.objects.filter(
            estado=Entrega.Estado.PENDIENTE,
            consumidor=OuterRef("consumidor"),
            evento__clave=OuterRef("evento__clave"),
            evento_id__lt=OuterRef("evento_id"),
        )
        por_encaminar = Evento.objects.filter(
            repartido_en=None, clave=OuterRef("evento__clave"), id__lt=OuterRef("evento_id")
        )
        candidatas = (
            Entrega.objects.filter(estado=Entrega.Estado.PENDIENTE, proximo_en__lte=ahora)
            .filter(Q(evento__clave="") | ~(Exists(antes) | Exists(por_encaminar)))
            .select_related("evento")
            .order_by("evento_id", "id")[:CANDIDATAS]
        )
        for entrega in candidatas:
            espera = min(ESPERA * 2 ** min(entrega.intentos, 20), ESPERA_MAXIMA)
            gano = Entrega.objects.tomada(entrega).update(
                intentos=F("intentos") + 1, proximo_en=ahora + espera
            )
            if gano:
                entrega.intentos += 1
                entrega.evento.empresa = empresa
                return entrega
    return None


def _hacer(empresa: Empresa, entrega: Entrega) -> bool:
    try:
        consumidor: Consumidor = import_string(entrega.consumidor)
        if isinstance(consumidor, HaciaAfuera):
            _mandar(empresa, consumidor, entrega)
        else:
            _aplicar(empresa, consumidor, entrega)
    except SoftTimeLimitExceeded:
        # Se acabó el tiempo de la tarea, no el del consumidor: la siguiente ronda retoma la entrega.
        raise
    except Exception as error:  # un consumidor roto no debe detener a los demás
        agotada = entrega.intentos >= INTENTOS
        registro.exception("Falló la entrega %s (intento %s)", entrega, entrega.intentos)
        with en_empresa(empresa):
            Entrega.objects.tomada(entrega).update(
                error=f"{type(error).__name__}: {error}"[:1000],
                estado=Entrega.Estado.FALLIDA if agotada else Entrega.Estado.PENDIENTE,
            )
        return False
    return True


def _aplicar(empresa: Empresa, consumidor: Consumidor, entrega: Entrega) -> None:
    """El efecto queda en nuestra base y se confirma junto con su anotación: pasa una vez."""
    with en_empresa(empresa):
        consumidor(entrega.evento)
        _anotar_hecha(entrega)


def _mandar(empresa: Empresa, consumidor: HaciaAfuera, entrega: Entrega) -> None:
    """El efecto queda en otra máquina: fuera de toda transacción, y una vez o más."""
    with scope(empresa=empresa):
        consumidor(entrega.evento)
    with en_empresa(empresa):
        _anotar_hecha(entrega)


def _anotar_hecha(entrega: Entrega) -> None:
    if not Entrega.objects.tomada(entrega).update(estado=Entrega.Estado.ENTREGADA, error=""):
        raise TimeoutError("Tardó más que su espera y otro proceso la retomó.")


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
