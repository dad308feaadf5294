"""Las sumas que hace la base: las mismas cifras en los dos motores."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.models import Q, Value

from inventario.lotes.models import Lote
from inventario.movimientos.models import Movimiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.sumas import SumaExacta
from inventario.reportes.informes.comun import UltimoInstante

pytestmark = pytest.mark.django_db


def test_suma_lo_que_en_coma_flotante_no_cuadra(mundo: Mundo) -> None:
    """Lo chico, lo enorme y lo enorme de vuelta: un flotante se queda con 0,10000610…"""
    enorme = "99999999998.9999"
    mundo.entrada(mundo.producto("A"), "0.1")
    mundo.merma(mundo.entrada(mundo.producto("B"), enorme), enorme)
    neto = Movimiento.objects.order_by("pk").aggregate(neto=SumaExacta("cantidad"))
    assert neto == {"neto": Decimal("0.1")}


def test_sin_nada_que_sumar_es_cero(mundo: Mundo) -> None:
    cuanto = SumaExacta("saldo")
    ninguno = SumaExacta("saldo", filter=Q(pk__in=[]))
    assert Lote.objects.aggregate(cuanto=cuanto) == {"cuanto": CERO}
    assert Lote.objects.none().aggregate(cuanto=cuanto) == {"cuanto": CERO}
    mundo.entrada(mundo.producto(), 3)
    assert Lote.objects.aggregate(cuanto=cuanto, ninguno=ninguno) == {"cuanto": 3, "ninguno": CERO}


def test_por_grupos_y_con_filtro(mundo: Mundo) -> None:
    uno, otro = mundo.producto("A"), mundo.producto("B")
    for producto, cuanto in ((uno, 1), (uno, 2), (otro, 1)):
        mundo.entrada(producto, cuanto)
    grupos = Lote.objects.order_by("producto_id").values_list("producto_id")
    assert list(grupos.annotate(cuanto=SumaExacta("saldo", filter=Q(saldo__gt=1)))) == [
        (uno.pk, 2),
        (otro.pk, CERO),
    ]


def test_el_ultimo_instante_llega_entero_y_con_zona(mundo: Mundo) -> None:
    cuando = datetime(2026, 3, 8, 23, 59, 59, 123456, tzinfo=UTC)
    mundo.entrada(mundo.producto(), 5)
    grupos = Lote.objects.order_by().values_list("producto_id")
    [(_producto, ultimo)] = grupos.annotate(ultimo=UltimoInstante(Value(cuando)))
    assert (ultimo, ultimo.utcoffset()) == (cuando, cuando.utcoffset())
    [(_producto, nunca)] = grupos.annotate(ultimo=UltimoInstante("creado_en", filter=Q(saldo=0)))
    assert nunca is None
