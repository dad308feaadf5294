"""Las sumas que hace la base: exactas y con las mismas cifras en los dos motores."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.models import Q, Value

from inventario.lotes.models import Lote
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.sumas import SumaExacta, UltimoInstante, ValorExacto

pytestmark = pytest.mark.django_db
SUMAS = {"cuanto": SumaExacta("saldo"), "vale": ValorExacto("saldo", "costo_unitario")}


def test_el_valor_no_pierde_lo_que_un_flotante_perderia(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, "0.1", costo="0.1")
    mundo.entrada(producto, "0.2", costo="0.1001")
    # Once enteras y cuatro decimales por sí mismas: el producto tiene más cifras que un flotante.
    mundo.entrada(producto, "99999999998.9999", costo="0.0001")
    esperado = Decimal("0.1") * Decimal("0.1") + Decimal("0.2") * Decimal("0.1001")
    esperado += Decimal("99999999998.9999") * Decimal("0.0001")
    assert Lote.objects.aggregate(**SUMAS) == {"cuanto": Decimal("99999999999.2999"), "vale": esperado}


def test_sin_nada_que_sumar_es_cero(mundo: Mundo) -> None:
    assert Lote.objects.aggregate(**SUMAS) == {"cuanto": CERO, "vale": CERO}


def test_por_grupos_y_con_filtro(mundo: Mundo) -> None:
    uno, otro = mundo.producto("A"), mundo.producto("B")
    for producto, cuanto in ((uno, 1), (uno, 2), (otro, 4)):
        mundo.entrada(producto, cuanto, costo="0.3")
    grandes = Q(saldo__gt=1)
    grupos = (
        Lote.objects.order_by("producto_id")
        .values_list("producto_id")
        .annotate(
            cuanto=SumaExacta("saldo", filter=grandes),
            vale=ValorExacto("saldo", "costo_unitario", filter=grandes),
        )
    )
    assert list(grupos) == [(uno.pk, 2, Decimal("0.6")), (otro.pk, 4, Decimal("1.2"))]


def test_el_ultimo_instante_llega_entero_y_con_zona(mundo: Mundo) -> None:
    cuando = datetime(2026, 3, 8, 23, 59, 59, 123456, tzinfo=UTC)
    mundo.entrada(mundo.producto(), 5)
    grupos = Lote.objects.order_by().values_list("producto_id")
    [(_producto, ultimo)] = grupos.annotate(ultimo=UltimoInstante(Value(cuando)))
    assert (ultimo, ultimo.utcoffset()) == (cuando, cuando.utcoffset())
    [(_producto, nunca)] = grupos.annotate(ultimo=UltimoInstante("creado_en", filter=Q(saldo=0)))
    assert nunca is None
