"""Lo que las cuentas hacen aparte."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import Model
from django.utils import timezone

from inventario.cuentas.models import Sesion, SesionWeb, Usuario
from inventario.cuentas.tasks import enviar_recuperacion, purgar

pytestmark = pytest.mark.django_db


def test_sin_correo_saliente_lo_dice_y_no_escribe_el_codigo(
    usuario: Usuario, settings: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    enviar_recuperacion(usuario)
    assert "EMAIL_URL" in caplog.text
    assert usuario.pk.hex not in caplog.text


def test_purgar_borra_las_sesiones_vencidas_y_puede_repetirse(usuario: Usuario) -> None:
    ahora = timezone.now()
    for dias in (-1, 1):
        vence = ahora + timedelta(days=dias)
        Sesion.objects.create(usuario=usuario, autenticada_en=ahora, vence_en=vence)
    for _ in range(2):
        purgar.delay()
        assert Sesion.objects.get().vence_en > ahora


def test_purgar_borra_las_sesiones_de_las_paginas_que_vencieron() -> None:
    ahora = timezone.now()
    for clave, dias in (("vieja", -1), ("abierta", 1)):
        SesionWeb.objects.create(
            session_key=clave, session_data="", vista_en=ahora, expire_date=ahora + timedelta(days=dias)
        )
    purgar.delay()
    assert [sesion.session_key for sesion in SesionWeb.objects.all()] == ["abierta"]


@pytest.mark.parametrize(
    ("modelo", "mas"), [(AccessAttempt, {"failures_since_start": 1}), (AccessFailureLog, {}), (AccessLog, {})]
)
def test_purgar_olvida_quien_entro_y_quien_no_pudo_pasado_el_plazo(
    modelo: type[Model], mas: dict[str, int], settings: Any
) -> None:
    ahora = timezone.now()
    for quien, hace in (("viejo", settings.INTENTOS_SE_GUARDAN), ("reciente", timedelta(days=1))):
        uno = modelo._default_manager.create(username=quien, **mas)
        modelo._default_manager.filter(pk=uno.pk).update(attempt_time=ahora - hace - timedelta(minutes=1))
    purgar.delay()
    assert modelo._default_manager.values_list("username", flat=True).get() == "reciente"
