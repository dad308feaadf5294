"""Las invariantes del contrato, recalculadas en Python desde los movimientos de la empresa en curso."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento, Existencia, Movimiento

CERO = Decimal(0)


def exigir_que_cuadre() -> None:
    """Exige I1, I2, I4 e I5 y que los números de asiento no tengan huecos."""
    por_lote: dict[int, Decimal] = defaultdict(lambda: CERO)
    por_clave: dict[tuple[int, int], Decimal] = defaultdict(lambda: CERO)
    for linea in Movimiento.objects.order_by("pk").iterator():
        clave = (linea.producto_id, linea.bodega_id)
        por_lote[linea.lote_id] += linea.cantidad
        por_clave[clave] += linea.cantidad
        assert linea.saldo_lote_tras == por_lote[linea.lote_id] >= 0, f"I5, movimiento {linea.pk}"
        assert linea.fisica_tras == por_clave[clave] >= 0, f"I5, movimiento {linea.pk}"
    lotes_por_clave: dict[tuple[int, int], Decimal] = defaultdict(lambda: CERO)
    for lote in Lote.objects.all():
        assert lote.saldo == por_lote[lote.pk], f"I1, lote {lote.pk}"
        lotes_por_clave[lote.producto_id, lote.bodega_id] += lote.saldo
    for fila in Existencia.objects.all():
        clave = (fila.producto_id, fila.bodega_id)
        assert fila.fisica == lotes_por_clave[clave] == por_clave[clave], f"I2, clave {clave}"
    numeros = list(Asiento.objects.order_by("numero").values_list("numero", flat=True))
    assert numeros == list(range(1, len(numeros) + 1))
