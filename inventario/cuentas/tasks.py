"""Lo que las cuentas hacen aparte: mandar códigos e invitaciones, y limpiar lo vencido."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from inventario.cuentas.acceso import intentos, recuperaciones, sesiones
from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.claves import usos_de_claves
from inventario.cuentas.empresas.por_empresa import por_cada_empresa
from inventario.cuentas.invitaciones import envio
from inventario.cuentas.models import Empresa, Usuario

registro = logging.getLogger(__name__)


@shared_task(name="atender_recuperaciones")
def atender_recuperaciones() -> None:
    """Manda los correos de recuperación pendientes; el código se hace aquí y no viaja por la cola."""
    recuperaciones.atender(enviar_recuperacion)


def enviar_recuperacion(usuario: Usuario) -> None:
    """Manda a la persona un código para poner otra contraseña."""
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


@shared_task(name="enviar_invitaciones")
def enviar_invitaciones(empresa_id: int | None = None) -> None:
    """Manda las invitaciones que debe una empresa, o todas. Puede repetirse y correr a la vez."""
    empresas = Empresa.objects.filter(activa=True).order_by("pk")
    por_cada_empresa(envio.enviar_debidas, empresas if empresa_id is None else empresas.filter(pk=empresa_id))


@shared_task(name="purgar_sesiones")
def purgar() -> None:
    """Borra las sesiones vencidas, de la API y de las páginas, y lo viejo de quién entró y quién llamó."""
    ahora = timezone.now()
    sesiones.purgar_vencidas(ahora)
    intentos.purgar(ahora)
    recuperaciones.purgar(ahora)
    usos_de_claves.purgar(ahora)
