"""Atender la bandeja a la vez: el tope de correos de una cuenta es uno, tenga cuantos workers tenga."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import sleep
from typing import Any

import pytest
from django.utils import timezone

from inventario.cuentas.acceso import recuperaciones
from inventario.cuentas.models import PedidoDeRecuperacion, Usuario
from inventario.tests.carreras import contar_a_la_vez

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
CORREO = "ana@granja.test"


def _atendiendo(mandados: list[str]) -> Callable[[], str]:
    llave = Lock()

    def mandar(usuario: Usuario) -> None:
        sleep(0.05)
        with llave:
            mandados.append(usuario.email)

    def correr() -> str:
        recuperaciones.atender(mandar)
        return "bien"

    return correr


def _pedir(cuantos: int) -> None:
    Usuario.objects.create_user(CORREO, "una-clave-larga-2026", nombre="Ana")
    ahora = timezone.now()
    for _ in range(cuantos):
        PedidoDeRecuperacion.objects.create(correo=CORREO, pedido_en=ahora, proximo_en=ahora)


@pytest.mark.parametrize(("cada_s", "salen"), [(60, 1), (0, 2)])
def test_varios_workers_a_la_vez_no_pasan_del_tope(settings: Any, cada_s: int, salen: int) -> None:
    settings.RECUPERACION_CADA_S, settings.RECUPERACIONES_POR_DIA = cada_s, 2
    _pedir(6)
    mandados: list[str] = []
    contar_a_la_vez(*[[_atendiendo(mandados)] for _ in range(4)])
    assert len(mandados) == salen
    assert not PedidoDeRecuperacion.objects.filter(atendido_en=None).exists()


def test_un_correo_que_no_sale_no_gasta_del_tope(settings: Any) -> None:
    _pedir(1)

    def caido(_: Usuario) -> None:
        raise OSError

    recuperaciones.atender(caido)
    pedido = PedidoDeRecuperacion.objects.get()
    assert (pedido.atendido_en, pedido.enviado_en) == (None, None)
