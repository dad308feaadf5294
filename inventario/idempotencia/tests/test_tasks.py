"""La purga de respuestas guardadas."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from inventario.cuentas.models import Empresa
from inventario.idempotencia import tasks
from inventario.idempotencia.models import RespuestaGuardada


@pytest.mark.django_db
def test_purgar_olvida_lo_de_mas_de_siete_dias(
    empresa: Empresa, otra_empresa: Empresa, monkeypatch: Any
) -> None:
    monkeypatch.setattr(tasks, "LOTE", 2)
    ahora = timezone.now()
    for una in (empresa, otra_empresa):
        with scope(empresa=una):
            for dias in (6, 8, 9, 10):
                fila = RespuestaGuardada.objects.create(
                    empresa=una, principal="clave:1", clave=f"k{dias}", huella="x", estado=201
                )
                RespuestaGuardada.objects.filter(pk=fila.pk).update(creada_en=ahora - timedelta(days=dias))
    tasks.purgar()
    for una in (empresa, otra_empresa):
        with scope(empresa=una):
            assert RespuestaGuardada.objects.get().clave == "k6"
