from __future__ import annotations

import pytest
from django.db.models import Q

from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.errores import SinPermiso

DOS = Alcance.de([7, 3])


def test_nombrar_bodegas_limita_y_no_nombrar_ninguna_no() -> None:
    assert DOS.limitado
    assert DOS.nombradas == [3, 7]
    assert Alcance.de([]) == SIN_LIMITE
    assert not SIN_LIMITE.limitado
    assert SIN_LIMITE.nombradas == []


def test_un_limite_sin_bodegas_no_existe() -> None:
    """Vacío se leería como «todas» en cuanto alguien preguntara si hay algo."""
    with pytest.raises(AssertionError):
        Alcance(frozenset())


def test_ve_y_exige_solo_las_suyas() -> None:
    assert DOS.ve(3)
    assert not DOS.ve(4)
    assert SIN_LIMITE.ve(4)
    SIN_LIMITE.exigir(4)
    DOS.exigir(7)
    with pytest.raises(SinPermiso, match="bodega"):
        DOS.exigir(4)


def test_solo_una_es_de_las_suyas_o_se_niega() -> None:
    assert DOS.solo(3) == Alcance.de([3])
    assert SIN_LIMITE.solo(3) == Alcance.de([3])
    assert DOS.solo(None) is DOS
    with pytest.raises(SinPermiso):
        DOS.solo(4)


def test_abarca_lo_que_cabe_dentro() -> None:
    assert SIN_LIMITE.abarca(DOS)
    assert SIN_LIMITE.abarca(SIN_LIMITE)
    assert DOS.abarca(Alcance.de([3]))
    assert not Alcance.de([3]).abarca(DOS)
    assert not DOS.abarca(SIN_LIMITE)


def test_la_condicion_nombra_el_campo_pedido() -> None:
    assert DOS.condicion() == Q(bodega__in=[3, 7])
    assert DOS.condicion("apartado__bodega") == Q(apartado__bodega__in=[3, 7])
    assert not SIN_LIMITE.condicion()


def test_acotar_deja_lo_de_las_suyas() -> None:
    assert DOS.acotar({3: "a", 4: "b"}) == {3: "a"}
    assert SIN_LIMITE.acotar({3: "a", 4: "b"}) == {3: "a", 4: "b"}
