"""Lo que la base niega de la bandeja de salida."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from inventario.cuentas.models import Empresa
from inventario.eventos import entrega
from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import ProductoCambiado
from inventario.eventos.models import Entrega
from inventario.nucleo.tests.restricciones import agregar, cambiar, la_base_niega


@pytest.fixture
def filas_validas(alcance: Empresa, settings: Any) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {"producto_cambiado": ["alguien.que.lo.espera"]}
    registrar(alcance, ProductoCambiado(producto=1))
    entrega.encaminar(alcance, timezone.now())


test_la_base_niega = la_base_niega(
    {
        "entrega_unica": [agregar(Entrega)],
        "entrega_estado_conocido": [cambiar(Entrega, estado="'perdida'")],
    }
)
