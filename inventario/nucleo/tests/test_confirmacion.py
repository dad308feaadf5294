"""Lo de después de confirmar: una falla no detiene a lo demás, y el límite de la tarea sí."""

from __future__ import annotations

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from inventario.nucleo.confirmacion import al_confirmarse

pytestmark = pytest.mark.django_db(transaction=True)


def romperse() -> None:
    raise ConnectionError


def acabarse_el_tiempo() -> None:
    raise SoftTimeLimitExceeded


def test_lo_que_falla_se_anota_y_no_detiene_a_lo_que_sigue(caplog: pytest.LogCaptureFixture) -> None:
    hechas: list[str] = []
    with transaction.atomic():
        al_confirmarse("avisar", romperse)
        al_confirmarse("seguir", lambda: hechas.append("siguió"))
        assert hechas == []
    assert hechas == ["siguió"]
    assert "No se pudo avisar después de confirmar" in caplog.text


def test_el_limite_de_la_tarea_sale_y_la_conexion_queda_sana() -> None:
    with pytest.raises(SoftTimeLimitExceeded), transaction.atomic():
        al_confirmarse("tardar", acabarse_el_tiempo)
    assert (connection.in_atomic_block, connection.get_autocommit()) == (False, True)
    assert connection.run_on_commit == []
