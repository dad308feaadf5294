"""Lo que las cuentas hacen aparte: mandar códigos de recuperación y limpiar lo vencido."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from inventario.cuentas.acceso import intentos, sesiones
from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.claves import usos_de_claves
from inventario.cuentas.models import Usuario

registro = logging.getLogger(__name__)


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=30, retry_backoff_max=600, max_retries=5)
def enviar_recuperacion(usuario_id: str) -> None:
    """Manda a la persona un código para poner otra contraseña; el código no viaja por la cola."""
    usuario = Usuario.objects.filter(pk=usuario_id, is_active=True).first()
    if usuario is None:
        return
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        registro.error("No hay correo saliente (EMAIL_URL): el código de recuperación no se manda.")
        return
    codigo = acceso.codigo_de_recuperacion(usuario)
    contexto = {
        "usuario": usuario,
        "codigo": codigo,
        "enlace": settings.URL_DE_RECUPERACION.replace("{token}", codigo),
        "minutos": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    cuerpo = render_to_string("cuentas/correo_recuperacion.txt", contexto)
    send_mail("Recuperar su contraseña de Inventario", cuerpo, None, [usuario.email])


@shared_task(name="purgar_sesiones")
def purgar() -> None:
    """Borra las sesiones vencidas, de la API y de las páginas, y lo viejo de quién entró y quién llamó."""
    ahora = timezone.now()
    sesiones.purgar_vencidas(ahora)
    intentos.purgar(ahora)
    usos_de_claves.purgar(ahora)
