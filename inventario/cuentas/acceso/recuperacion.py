"""Pedir un código para poner otra contraseña."""

from __future__ import annotations

from django.utils import timezone

from inventario.cuentas.models import PedidoDeRecuperacion
from inventario.cuentas.tasks import atender_recuperaciones
from inventario.nucleo.confirmacion import al_confirmarse
from inventario.nucleo.reloj import Reloj


def pedir(correo: str, *, reloj: Reloj = timezone.now) -> None:
    """Deja anotado que se pidió, y lo mismo si esa cuenta no existe: ni la respuesta ni la espera lo dicen.

    Quién es, cuántos correos lleva y el correo mismo se ven aparte (`acceso/recuperaciones.py`). Con la
    cola caída queda en la base, y lo recoge la ronda de cada minuto.
    """
    ahora = reloj()
    PedidoDeRecuperacion.objects.create(
        correo=correo.strip().lower()[:254], pedido_en=ahora, proximo_en=ahora
    )

    def avisar() -> None:
        atender_recuperaciones.delay()

    al_confirmarse("avisar de un pedido de recuperación", avisar)
