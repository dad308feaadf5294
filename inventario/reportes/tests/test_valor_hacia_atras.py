"""El valor de un día es el mismo sumando desde el comienzo que deshaciendo desde hoy."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from inventario.movimientos.tests.mundo import Mundo
from inventario.reportes.ambito import ambito_de
from inventario.reportes.informes import valor, valorizacion


@pytest.mark.parametrize("reciente", [0, 60])
def test_por_los_dos_lados_da_lo_mismo(mundo: Mundo, monkeypatch: pytest.MonkeyPatch, reciente: int) -> None:
    monkeypatch.setattr(valor, "RECIENTE_DIAS", reciente)
    producto, agotado = mundo.producto("A"), mundo.producto("B")
    lote = mundo.entrada(producto, 10, costo="0.335")
    otro = mundo.entrada(agotado, 4, costo=3)
    instante = mundo.reloj.ahora + timedelta(hours=1)
    mundo.reloj.avanzar(days=2)
    mundo.salida(lote, 7)
    mundo.salida(otro, 4)
    mundo.entrada(producto, 5, costo=2)
    mundo.entrada(mundo.producto("C"), 1, costo=1)
    visto = valorizacion(ambito_de(mundo.actor, ahora=mundo.reloj.ahora), instante=instante)
    assert [(fila.producto.pk, fila.cantidad, fila.valor) for fila in visto.filas] == [
        (producto.pk, Decimal(10), Decimal("3.35")),
        (agotado.pk, Decimal(4), Decimal(12)),
    ]
