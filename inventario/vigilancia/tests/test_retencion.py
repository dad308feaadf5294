"""Qué respaldos se guardan: siete días, cuatro semanas y doce meses (R-33)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventario.vigilancia.respaldos.retencion import DIAS, MESES, SEMANAS, se_guardan

# Un jueves, y el último día de un año.
HOY = datetime(2026, 12, 31, 3, tzinfo=UTC)
MAXIMO = DIAS + SEMANAS + MESES


def diarios(cuantos: int) -> list[datetime]:
    return [HOY - timedelta(days=dias) for dias in range(cuantos)]


def test_uno_por_dia_dos_anios_deja_siete_dias_cuatro_semanas_y_doce_meses() -> None:
    guardados = sorted(se_guardan(diarios(730)), reverse=True)
    dias = [HOY - timedelta(days=n) for n in range(7)]
    # El último de cada semana es su domingo; el del 27 ya está entre los días.
    semanas = [datetime(2026, 12, dia, 3, tzinfo=UTC) for dia in (20, 13)]
    meses = [
        *(datetime(2026, mes + 1, 1, 3, tzinfo=UTC) - timedelta(days=1) for mes in range(11, 0, -1)),
    ]
    assert guardados == [*dias, *semanas, *meses]


def test_de_un_mismo_dia_queda_el_ultimo() -> None:
    temprano, tarde = HOY, HOY + timedelta(hours=9)
    assert se_guardan([temprano, tarde]) == {tarde}


def test_tras_un_anio_sin_correr_no_se_pierde_lo_que_habia() -> None:
    viejos = [HOY - timedelta(days=400 + n) for n in range(7)]
    assert se_guardan([HOY, *viejos]) >= {HOY, *viejos[:6]}


def test_sin_respaldos_no_hay_que_guardar() -> None:
    assert se_guardan([]) == set()


instantes = st.sets(
    st.integers(0, 4 * 366 * 24).map(lambda horas: HOY - timedelta(hours=horas)),
    max_size=80,
)


@given(instantes)
def test_el_mas_nuevo_siempre_queda_y_no_crecen(hay: set[datetime]) -> None:
    guardados = se_guardan(hay)
    assert guardados <= hay
    assert len(guardados) <= MAXIMO
    if hay:
        assert max(hay) in guardados
    # Volver a mirar lo que quedó no borra nada más: correrlo dos veces es correrlo una.
    assert se_guardan(guardados) == guardados


@given(instantes)
def test_cada_uno_de_los_ultimos_dias_semanas_y_meses_con_respaldo_conserva_uno(hay: set[datetime]) -> None:
    guardados = se_guardan(hay)
    for cuantos, periodo in (
        (DIAS, lambda t: t.date()),
        (SEMANAS, lambda t: t.isocalendar()[:2]),
        (MESES, lambda t: (t.year, t.month)),
    ):
        ultimos = sorted({periodo(t) for t in hay}, reverse=True)[:cuantos]
        assert set(ultimos) <= {periodo(t) for t in guardados}
