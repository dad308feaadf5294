"""La bandeja de los correos de recuperación: se atiende aparte, se reintenta sola y tiene tope por cuenta."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from inventario.cuentas.models import PedidoDeRecuperacion, Usuario
from inventario.nucleo.reloj import Reloj

registro = logging.getLogger(__name__)

ESPERA = timedelta(seconds=30)
# Las esperas se doblan: el último intento llega a los 15 minutos y medio, y el código vale una hora.
INTENTOS = 6
UN_DIA = timedelta(days=1)
POR_RONDA = 200


def atender(mandar: Callable[[Usuario], None], reloj: Reloj = timezone.now) -> int:
    """Atiende lo que esté pendiente; devuelve cuántos correos salieron.

    `mandar` corre fuera de toda transacción, con el correo ya contado en el tope de la cuenta. Si falla, se
    descuenta y el pedido queda para otra ronda.
    """
    salieron = 0
    for _ in range(POR_RONDA):
        pedido = _tomar(reloj())
        if pedido is None:
            break
        usuario = _reservar(pedido, reloj())
        if usuario is None:
            _anotar(pedido, atendido_en=reloj())
            continue
        try:
            mandar(usuario)
        except (OSError, SMTPException):
            registro.exception("No salió un correo de recuperación (intento %s)", pedido.intentos)
            _anotar(pedido, enviado_en=None, atendido_en=reloj() if pedido.intentos >= INTENTOS else None)
            continue
        _anotar(pedido, atendido_en=reloj())
        salieron += 1
    return salieron


def purgar(ahora: datetime) -> None:
    """Borra los pedidos que ya no cuentan para el tope de nadie."""
    PedidoDeRecuperacion.objects.filter(atendido_en__lt=ahora - UN_DIA).delete()


def _tomar(ahora: datetime) -> PedidoDeRecuperacion | None:
    """Aparta el siguiente por un rato: si el proceso muere, otro lo hará después."""
    with transaction.atomic():
        pedido = (
            PedidoDeRecuperacion.objects.select_for_update(
                skip_locked=connection.features.has_select_for_update_skip_locked
            )
            .filter(atendido_en=None, proximo_en__lte=ahora)
            .order_by("proximo_en", "pk")
            .first()
        )
        if pedido is None:
            return None
        pedido.proximo_en = ahora + ESPERA * 2**pedido.intentos
        pedido.intentos += 1
        pedido.save(update_fields=["proximo_en", "intentos"])
        return pedido


def _reservar(pedido: PedidoDeRecuperacion, ahora: datetime) -> Usuario | None:
    """Cuenta el correo como enviado y devuelve a quién se le manda.

    `None` si no hay cuenta que recuperar o ya recibió los que puede.
    """
    suya = Usuario.objects.filter(email=pedido.correo, is_active=True, es_servicio=False)
    with transaction.atomic():
        # La fila bloqueada: dos rondas a la vez no leen la misma cuenta antes de que ninguna haya mandado.
        usuario = suya.select_for_update(no_key=True).first()
        if usuario is None or not usuario.has_usable_password():
            return None
        otros = PedidoDeRecuperacion.objects.filter(correo=pedido.correo).exclude(pk=pedido.pk)
        enviados = otros.filter(enviado_en__gt=ahora - UN_DIA)
        recientes = enviados.filter(enviado_en__gt=ahora - timedelta(seconds=settings.RECUPERACION_CADA_S))
        if recientes.exists() or enviados.count() >= settings.RECUPERACIONES_POR_DIA:
            registro.warning("Una cuenta ya recibió los correos de recuperación que puede.")
            return None
        _anotar(pedido, enviado_en=ahora)
        return usuario


def _anotar(pedido: PedidoDeRecuperacion, **cuando: datetime | None) -> None:
    PedidoDeRecuperacion.objects.filter(pk=pedido.pk).update(**cuando)
