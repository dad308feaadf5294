"""Pedir un código para poner otra contraseña."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache

from inventario.cuentas.models import Usuario
from inventario.cuentas.tasks import enviar_recuperacion
from inventario.nucleo.cache import sin_fallar
from inventario.nucleo.confirmacion import al_confirmarse


def pedir(correo: str) -> None:
    """Manda por correo un código de recuperación, si hay cuenta que recuperar.

    No devuelve nada, para que quien pregunta no sepa si la cuenta existe; tampoco lo nota en la espera,
    porque el correo sale aparte. A una misma cuenta, a lo sumo un correo cada cierto tiempo.
    """
    usuario = Usuario.objects.filter(email=correo.strip().lower(), is_active=True, es_servicio=False).first()
    if usuario is None or not usuario.has_usable_password():
        return
    pk = str(usuario.pk)
    es_la_primera = True
    with sin_fallar("saber si ya se mandó un correo de recuperación"):
        es_la_primera = cache.add(f"recuperacion:{pk}", 1, timeout=settings.RECUPERACION_CADA_S)
    if not es_la_primera:
        return

    def mandar() -> None:
        enviar_recuperacion.delay(pk)

    # Con la cola caída la respuesta es la misma, y en el registro queda por qué no salió.
    al_confirmarse("mandar el correo de recuperación", mandar)
