"""Lo que las cuentas hacen aparte."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from inventario.cuentas.models import Sesion, Usuario
from inventario.cuentas.tasks import enviar_recuperacion, purgar

pytestmark = pytest.mark.django_db


def test_sin_correo_saliente_lo_dice_y_no_escribe_el_codigo(
    usuario: Usuario, settings: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    enviar_recuperacion.delay(str(usuario.pk))
    assert "EMAIL_URL" in caplog.text
    assert usuario.pk.hex not in caplog.text


def test_apagada_mientras_tanto_no_recibe_nada(usuario: Usuario) -> None:
    Usuario.objects.update(is_active=False)
    enviar_recuperacion.delay(str(usuario.pk))
    assert mail.outbox == []


def test_purgar_borra_las_sesiones_vencidas_y_puede_repetirse(usuario: Usuario) -> None:
    ahora = timezone.now()
    for dias in (-1, 1):
        vence = ahora + timedelta(days=dias)
        Sesion.objects.create(usuario=usuario, autenticada_en=ahora, vence_en=vence)
    for _ in range(2):
        purgar.delay()
        assert Sesion.objects.get().vence_en > ahora
