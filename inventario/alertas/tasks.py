"""Lo que corre solo: el paso de los días y el resumen de cada mañana."""

from __future__ import annotations

import logging
from datetime import datetime
from smtplib import SMTPException
from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from inventario.alertas import services
from inventario.alertas.models import SuscripcionAlResumen
from inventario.alertas.resumen import bloques_de, correo_de
from inventario.cuentas.alcance import alcance_de
from inventario.cuentas.empresas.por_empresa import por_cada_empresa
from inventario.cuentas.models import Empresa, Membresia
from inventario.nucleo.empresa import consultando
from inventario.nucleo.reloj import hoy_en

registro = logging.getLogger(__name__)

# Con el día revisado y antes de que la bodega empiece a despachar.
HORA_DEL_RESUMEN = 6


@shared_task(name="revisar_alertas")
def revisar() -> None:
    """Revisa las empresas en que ya es otro día: lo que vence lo hace a medianoche de cada una."""
    por_cada_empresa(services.revisar_si_cambio_el_dia, Empresa.objects.filter(activa=True).order_by("pk"))


@shared_task(name="resumir_alertas")
def resumir() -> None:
    """Encarga el resumen de hoy de cada persona suscrita, pasada la hora en su empresa."""
    ahora = timezone.now()
    por_cada_empresa(
        lambda empresa: _encargar(empresa, ahora), Empresa.objects.filter(activa=True).order_by("pk")
    )


def _encargar(empresa: Empresa, ahora: datetime) -> None:
    if ahora.astimezone(ZoneInfo(empresa.zona_horaria)).hour < HORA_DEL_RESUMEN:
        return
    # Sin el paso del día contado, el resumen hablaría de ayer.
    services.revisar_si_cambio_el_dia(empresa, reloj=lambda: ahora)
    hoy = hoy_en(empresa.zona_horaria, ahora)
    with consultando(empresa):
        pendientes = list(
            SuscripcionAlResumen.objects.filter(activa=True)
            .exclude(ultimo_dia__gte=hoy)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    for pk in pendientes:
        enviar_resumen.delay(empresa.pk, pk)


@shared_task(
    name="enviar_resumen_de_alertas",
    autoretry_for=(OSError, SMTPException),
    retry_backoff=60,
    retry_backoff_max=1800,
    max_retries=5,
)
def enviar_resumen(empresa_id: int, suscripcion_id: int) -> None:
    """Manda a una persona el resumen de hoy, una sola vez; si no hay nada que decir, no manda nada."""
    ahora = timezone.now()
    empresa = Empresa.objects.get(pk=empresa_id)
    with consultando(empresa):
        suscripcion: SuscripcionAlResumen | None = (
            SuscripcionAlResumen.objects.select_related("membresia__usuario", "empresa")
            .filter(pk=suscripcion_id)
            .first()
        )
        if suscripcion is None or not _puede_recibirlo(suscripcion.membresia):
            return
        bloques = bloques_de(alcance_de(suscripcion.membresia))
    if bloques and settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        registro.error("No hay correo saliente (EMAIL_URL): el resumen de alertas no se manda.")
        return
    if not services.tomar_turno(suscripcion, ahora) or not bloques:
        return
    usuario = suscripcion.membresia.usuario
    hoy = hoy_en(empresa.zona_horaria, ahora)
    asunto, cuerpo = correo_de(empresa, str(usuario), hoy, bloques)
    try:
        # Fuera de toda transacción: un servidor de correo lento no debe detener a quien escribe.
        send_mail(asunto, cuerpo, None, [usuario.email])
    except (OSError, SMTPException):
        services.devolver_turno(suscripcion)
        raise


def _puede_recibirlo(membresia: Membresia) -> bool:
    return membresia.activa and membresia.usuario.is_active
