"""El libro solo se agrega: ni el modelo, ni sus consultas, ni (en PostgreSQL) la base lo dejan editar."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import ProtectedError

from inventario.movimientos.models import Asiento, Movimiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.solo_agregar import SoloSeAgrega
from inventario.productos.models import Producto

EDITAR: dict[str, Callable[[Asiento, Movimiento], object]] = {
    "guardar un asiento": lambda asiento, _: asiento.save(),
    "guardar un movimiento": lambda _, movimiento: movimiento.save(),
    "guardar un campo": lambda _, movimiento: movimiento.save(update_fields=["nota"]),
    "borrar un asiento": lambda asiento, _: asiento.delete(),
    "borrar un movimiento": lambda _, movimiento: movimiento.delete(),
    "update de asientos": lambda *_: Asiento.objects.update(notas="x"),
    "update de movimientos": lambda *_: Movimiento.objects.filter(cantidad__gt=0).update(cantidad=1),
    "delete de asientos": lambda *_: Asiento.objects.all().delete(),
    "delete de movimientos": lambda *_: Movimiento.objects.all().delete(),
    "bulk_update": lambda _, movimiento: Movimiento.objects.bulk_update([movimiento], ["nota"]),
    "bulk_create que actualiza": lambda _, movimiento: Movimiento.objects.bulk_create(
        [movimiento], update_conflicts=True, update_fields=["nota"], unique_fields=["id"]
    ),
    "update_or_create": lambda _, movimiento: Movimiento.objects.update_or_create(
        pk=movimiento.pk, defaults={"nota": "x"}
    ),
    "desde el asiento": lambda asiento, _: asiento.movimientos.update(nota="x"),
    "desde el lote": lambda _, movimiento: movimiento.lote.movimientos.all().delete(),
}


@pytest.mark.parametrize("como", EDITAR)
def test_editar_el_libro_se_rechaza(mundo: Mundo, como: str) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    movimiento = lote.movimientos.get()
    movimiento.nota = "cambiada"
    antes = _libro()
    with pytest.raises(SoloSeAgrega):
        EDITAR[como](movimiento.asiento, movimiento)
    assert _libro() == antes


def test_borrar_lo_que_el_libro_nombra_se_rechaza(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    antes = mundo.foto()
    for fila in (lote, lote.producto, lote.bodega, mundo.actor.usuario, mundo.empresa):
        with pytest.raises(ProtectedError):
            fila.delete()
    with pytest.raises(ProtectedError):
        Producto.objects.all().delete()
    assert mundo.foto() == antes


def _libro() -> tuple[list[object], list[object]]:
    return list(Asiento.objects.values()), list(Movimiento.objects.values())
