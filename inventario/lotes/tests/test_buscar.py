"""Buscar un lote por parte de su código, el nuestro o el del proveedor."""

from __future__ import annotations

import pytest

from inventario.lotes.models import Lote
from inventario.lotes.querysets import lotes_que_dicen
from inventario.movimientos.tests.mundo import Mundo

pytestmark = pytest.mark.django_db


@pytest.fixture
def nombrado(granja: Mundo) -> Lote:
    producto = granja.producto("A-1")
    granja.entrada(producto, 1, codigo="OTRO")
    granja.entrada(producto, 1)
    return granja.entrada(producto, 1, codigo="Ab-100%_ñ", referencia_proveedor="prov-7")


@pytest.mark.parametrize("texto", ["AB-1", "ab-1", "100%", "%_ñ", "PROV", "prov-7", "Ab-100%_ñ"])
def test_dice_lo_que_lleva_en_cualquiera_de_los_dos_codigos(nombrado: Lote, texto: str) -> None:
    assert list(Lote.objects.filter(lotes_que_dicen(texto))) == [nombrado]


@pytest.mark.parametrize("texto", ["1_0", "A%1", "ñprov", "ñ prov", "nohay", "\\", "ñ\nprov"])
def test_no_dice_lo_que_no_lleva_ni_mezcla_los_dos(nombrado: Lote, texto: str) -> None:
    assert not Lote.objects.filter(lotes_que_dicen(texto)).exists()


def test_sigue_al_codigo_cuando_cambia(nombrado: Lote) -> None:
    Lote.objects.filter(pk=nombrado.pk).update(codigo="nuevo")
    assert Lote.objects.get(lotes_que_dicen("NUEVO")) == nombrado
    assert not Lote.objects.filter(lotes_que_dicen("Ab-100")).exists()
