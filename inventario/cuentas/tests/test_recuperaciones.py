"""La bandeja de los correos de recuperación."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from inventario.cuentas.acceso import recuperacion, recuperaciones
from inventario.cuentas.models import PedidoDeRecuperacion, Usuario
from inventario.cuentas.tasks import atender_recuperaciones, purgar

pytestmark = pytest.mark.django_db

CORREO = "ana@acme.ec"


class CorreoCaido(BaseEmailBackend):
    def send_messages(self, *_: Any) -> int:
        raise SMTPServerDisconnected("No hay nadie.")


def test_pedir_hace_lo_mismo_exista_o_no_la_cuenta(usuario: Usuario) -> None:
    hecho = []
    for correo in (CORREO, "nadie@acme.ec"):
        with CaptureQueriesContext(
            connection,
        ) as consultas:
            recuperacion.pedir(correo)
        hecho.append([consulta["sql"].replace(correo, "?").split("VALUES")[0] for consulta in consultas])
    assert hecho[0] == hecho[1]
    assert mail.outbox == []
    atender_recuperaciones.delay()
    assert [correo.to for correo in mail.outbox] == [[CORREO]]
    assert not PedidoDeRecuperacion.objects.filter(atendido_en=None).exists()


def test_con_la_cola_caida_el_correo_sale_en_la_siguiente_ronda(
    usuario: Usuario,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def caida(*_: Any, **__: Any) -> None:
        raise OperationalError("No hay cola.")

    with monkeypatch.context() as sin_cola:
        sin_cola.setattr(atender_recuperaciones, "delay", caida)
        with django_capture_on_commit_callbacks(execute=True):
            recuperacion.pedir(CORREO)
    assert mail.outbox == []
    atender_recuperaciones.delay()
    assert len(mail.outbox) == 1


def test_con_el_correo_caido_se_reintenta_sin_perder_el_pedido(
    usuario: Usuario, settings: Any, time_machine: Any
) -> None:
    time_machine.move_to("2027-03-01 12:00:00+00:00", tick=False)
    de_prueba, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.CorreoCaido"
    recuperacion.pedir(CORREO)
    for _ in range(3):
        atender_recuperaciones.delay()
    pedido = PedidoDeRecuperacion.objects.get()
    assert (pedido.intentos, pedido.atendido_en) == (1, None)
    settings.EMAIL_BACKEND = de_prueba
    time_machine.move_to("2027-03-01 12:00:31+00:00", tick=False)
    atender_recuperaciones.delay()
    assert len(mail.outbox) == 1


def test_con_el_correo_caido_para_siempre_se_deja_de_intentar(
    usuario: Usuario, settings: Any, time_machine: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.CorreoCaido"
    recuperacion.pedir(CORREO)
    empieza = timezone.now()
    for hora in range(10):
        time_machine.move_to(empieza + timedelta(hours=hora), tick=False)
        atender_recuperaciones.delay()
    pedido = PedidoDeRecuperacion.objects.get()
    assert pedido.intentos == recuperaciones.INTENTOS
    assert pedido.atendido_en is not None
    assert pedido.enviado_en is None


def test_una_cuenta_recibe_a_lo_sumo_cinco_en_un_dia(usuario: Usuario, time_machine: Any) -> None:
    empieza = timezone.now()
    for vez in range(8):
        time_machine.move_to(empieza + timedelta(minutes=5 * vez), tick=False)
        recuperacion.pedir(CORREO.upper())
        atender_recuperaciones.delay()
    assert len(mail.outbox) == 5
    time_machine.move_to(empieza + timedelta(days=1, hours=1), tick=False)
    recuperacion.pedir(CORREO)
    atender_recuperaciones.delay()
    assert len(mail.outbox) == 6


def test_ni_el_pedido_ni_la_cola_llevan_el_codigo(usuario: Usuario) -> None:
    recuperacion.pedir(CORREO)
    atender_recuperaciones.delay()
    codigo = next(linea for linea in str(mail.outbox[0].body).splitlines() if usuario.pk.hex in linea)
    guardado = repr(list(PedidoDeRecuperacion.objects.values()))
    assert codigo.rpartition("-")[2] not in guardado
    assert usuario.pk.hex not in guardado


def test_purgar_borra_los_que_ya_no_cuentan(usuario: Usuario, time_machine: Any) -> None:
    recuperacion.pedir(CORREO)
    atender_recuperaciones.delay()
    purgar.delay()
    assert PedidoDeRecuperacion.objects.count() == 1
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    purgar.delay()
    assert not PedidoDeRecuperacion.objects.exists()
