"""Mandar los correos de las invitaciones que se deben.

La invitación dice desde cuándo se le debe el suyo, y se anota en la transacción que la creó: un aviso
perdido o un servidor de correo caído la demoran y no la pierden.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from inventario.cuentas.invitaciones.enlaces import direccion, token_de
from inventario.cuentas.models import Empresa, Invitacion
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.reloj import Reloj

registro = logging.getLogger(__name__)

POR_PASADA = 200
ESPERA = timedelta(seconds=60)
ESPERA_MAXIMA = timedelta(hours=6)
# Con estos el mensaje no llega a nadie: uno lo descarta y el otro lo escribe en el registro.
_SIN_DESTINO = ("dummy.EmailBackend", "console.EmailBackend")


def hay_correo() -> bool:
    """Si lo que se mande puede llegar a alguien."""
    return not settings.EMAIL_BACKEND.endswith(_SIN_DESTINO)


def enviar_debidas(empresa: Empresa, reloj: Reloj = timezone.now) -> int:
    """Manda los correos que la empresa debe; devuelve cuántos salieron. Puede repetirse y correr a la vez.

    El que no sale se anota y se reintenta, cada vez más espaciado, hasta que la invitación venza.
    """
    enviadas = 0
    for _ in range(POR_PASADA):
        invitacion = _tomar(empresa, reloj())
        if invitacion is None:
            break
        try:
            _mandar(invitacion)
        except (OSError, SMTPException):
            registro.exception("No salió la invitación %s (intento %s)", invitacion.pk, invitacion.intentos)
            continue
        with en_empresa(empresa):
            # Si mientras tanto se pidió otro envío, se debe el otro: lo dice su semilla.
            Invitacion.objects.filter(pk=invitacion.pk, semilla=invitacion.semilla).update(
                enviada_en=reloj(), por_enviar_en=None
            )
        enviadas += 1
    return enviadas


def _tomar(empresa: Empresa, ahora: datetime) -> Invitacion | None:
    """Aparta por un rato la siguiente que se debe: si el proceso muere, otro la manda después."""
    with en_empresa(empresa, durable=True):
        debidas = Invitacion.objects.pendientes().filter(por_enviar_en__lte=ahora, vence_en__gt=ahora)
        for invitacion in debidas.select_related("empresa", "invitada_por").order_by("por_enviar_en", "pk")[
            :10
        ]:
            espera = min(ESPERA * 2 ** min(invitacion.intentos, 10), ESPERA_MAXIMA)
            gano = debidas.filter(pk=invitacion.pk, por_enviar_en=invitacion.por_enviar_en).update(
                intentos=F("intentos") + 1, por_enviar_en=ahora + espera
            )
            if gano:
                invitacion.intentos += 1
                return invitacion
    return None


def _mandar(invitacion: Invitacion) -> None:
    contexto = {
        "invitacion": invitacion,
        "empresa": invitacion.empresa,
        "quien": invitacion.invitada_por,
        "enlace": direccion(token_de(invitacion)),
    }
    with timezone.override(invitacion.empresa.zona_horaria):
        cuerpo = render_to_string("cuentas/correo_invitacion.txt", contexto).lstrip()
    send_mail(f"Invitación a {invitacion.empresa} en Inventario", cuerpo, None, [invitacion.correo])
