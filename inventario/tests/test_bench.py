"""Lo que llena la base para medir sigue siendo una granja que cuadra."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings
from django.utils import timezone

from inventario.lotes.models import Lote
from inventario.movimientos.models import Movimiento
from inventario.movimientos.verificacion import verificar
from inventario.nucleo.empresa import en_empresa

pytestmark = pytest.mark.django_db


def test_la_granja_de_medida_se_llena_y_sus_libros_cuadran(monkeypatch: pytest.MonkeyPatch) -> None:
    # Los bancos se corren sueltos: no son un paquete.
    monkeypatch.syspath_prepend(settings.BASE_DIR / "bench")
    llenado = import_module("llenado")
    medidas = llenado.Medidas(productos=12, lotes=60, movimientos=400, reservas=20)
    empresa, usuario = llenado.llenar(medidas, timezone.now())
    assert llenado.la_granja() == (empresa, usuario)
    with en_empresa(empresa):
        assert Lote.objects.count() >= 60
        assert Movimiento.objects.count() >= 400
        assert list(verificar(empresa)) == []
