"""Tras una falla se salta al vecino; pasado un rato prueba uno solo."""

from __future__ import annotations

import pytest

from inventario.nucleo.pausa import EnPausa, Pausa


class Reloj:
    ahora = 100.0

    def __call__(self) -> float:
        return self.ahora


@pytest.fixture
def reloj() -> Reloj:
    return Reloj()


@pytest.fixture
def pausa(reloj: Reloj) -> Pausa:
    pausa = Pausa(5, (TimeoutError,), reloj=reloj)
    with pytest.raises(TimeoutError), pausa.intentar():
        raise TimeoutError
    return pausa


def pasa(pausa: Pausa) -> bool:
    try:
        with pausa.intentar():
            return True
    except EnPausa:
        return False


def test_tras_una_falla_no_se_intenta_hasta_que_pasa_la_pausa(pausa: Pausa, reloj: Reloj) -> None:
    reloj.ahora += 4.9
    assert not pasa(pausa)
    reloj.ahora += 0.2
    assert pasa(pausa)
    assert pasa(pausa)


def test_pasada_la_pausa_prueba_uno_y_los_demas_siguen_saltando(pausa: Pausa, reloj: Reloj) -> None:
    reloj.ahora += 5
    with pausa.intentar():
        assert not pasa(pausa)
    assert pasa(pausa)


def test_si_la_prueba_falla_empieza_otra_pausa(pausa: Pausa, reloj: Reloj) -> None:
    reloj.ahora += 5
    with pytest.raises(TimeoutError), pausa.intentar():
        raise TimeoutError
    reloj.ahora += 4.9
    assert not pasa(pausa)


def test_un_error_que_no_es_del_vecino_no_lo_pausa(pausa: Pausa, reloj: Reloj) -> None:
    reloj.ahora += 5
    with pytest.raises(ValueError, match="malo"), pausa.intentar():
        raise ValueError("malo")
    assert pasa(pausa)


def test_un_exito_que_empezo_antes_de_la_falla_no_la_borra(reloj: Reloj) -> None:
    pausa = Pausa(5, (TimeoutError,), reloj=reloj)
    with pausa.intentar(), pytest.raises(TimeoutError), pausa.intentar():
        raise TimeoutError
    assert not pasa(pausa)
    reloj.ahora += 5
    assert pasa(pausa)
    assert pasa(pausa)
