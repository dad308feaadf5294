"""Los ejemplos del lado de las existencias, de punta a punta: lo que se acepta y cada cosa que se rechaza."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from inventario.biofloc.tests.guion import Guion
from inventario.cuentas.models import Empresa
from inventario.movimientos.tests.mundo import comprobar_invariantes
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.reloj import hoy_en
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("archivo", "pasos"), [("existencias.json", 43), ("varias.json", 27), ("reservas.json", 33)]
)
def test_pedir_lo_del_ejemplo_responde_lo_del_ejemplo(
    cliente_api: ClienteApi,
    cliente_con_alcances: Callable[..., ClienteApi],
    empresa: Empresa,
    archivo: str,
    pasos: int,
) -> None:
    hoy = hoy_en(empresa.zona_horaria, timezone.now())
    assert Guion(cliente_api, cliente_con_alcances, hoy).representar(archivo) == pasos
    with en_empresa(empresa):
        comprobar_invariantes()
