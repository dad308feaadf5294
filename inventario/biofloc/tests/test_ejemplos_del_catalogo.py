"""Los ejemplos del lado del catálogo, de punta a punta: lo que se acepta y cada cosa que se rechaza."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from inventario.biofloc.tests.guion import Guion
from inventario.cuentas.models import Empresa
from inventario.nucleo.reloj import hoy_en
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("archivo", "pasos"),
    [
        ("articulos.json", 50),
        ("categorias.json", 24),
        ("unidades.json", 31),
        ("modulos.json", 21),
        ("panel.json", 19),
    ],
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
