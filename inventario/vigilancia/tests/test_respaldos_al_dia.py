"""Se avisa si el respaldo envejece, si falló o si hace mucho que no se ensaya (R-20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventario.vigilancia import partes
from inventario.vigilancia.corridas import anotar_corrida
from inventario.vigilancia.respaldos import al_dia
from inventario.vigilancia.revisiones import NoSirve

pytestmark = pytest.mark.django_db
EMPEZO = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)


def anotar(trabajo: str, error: str = "") -> None:
    anotar_corrida(trabajo, empezo_en=EMPEZO, termino_en=EMPEZO + timedelta(minutes=2), error=error)


def por_que(horas: float) -> str:
    return al_dia.por_que_no_al_dia(reloj=lambda: EMPEZO + timedelta(hours=horas))


def test_donde_nadie_respalda_no_se_exige() -> None:
    assert por_que(1000) == ""
    assert al_dia.ultimo_respaldo_hace() is None


def test_a_las_veintiseis_horas_es_viejo() -> None:
    anotar(al_dia.RESPALDAR)
    assert por_que(26) == ""
    assert por_que(26.01) == "«respaldar» no corre desde 2026-03-10 02:30."
    hace = al_dia.ultimo_respaldo_hace(reloj=lambda: EMPEZO + timedelta(hours=5))
    assert hace == timedelta(hours=5)


def test_sin_ensayar_una_semana_y_un_dia_se_avisa() -> None:
    anotar(al_dia.VERIFICAR)
    assert por_que(8 * 24) == ""
    assert por_que(8 * 24 + 0.1).startswith("«verificar_respaldo» no corre desde")


@pytest.mark.parametrize("trabajo", [al_dia.RESPALDAR, al_dia.VERIFICAR])
def test_si_fallo_se_avisa_en_seguida_y_no_se_dice_el_porque(trabajo: str) -> None:
    anotar(trabajo, error="connection to server at 10.0.0.3 failed")
    dicho = por_que(0.1)
    assert dicho.startswith(f"La última corrida de «{trabajo}» terminó mal")
    assert "10.0.0.3" not in dicho


def test_la_salud_honda_lo_dice() -> None:
    partes.tener_respaldo()
    anotar(al_dia.RESPALDAR, error="sin disco")
    with pytest.raises(NoSirve, match="terminó mal"):
        partes.tener_respaldo()
