"""Lo que el libro responde a las capas de abajo: qué ya se usó y qué queda, antes de que algo cambie.

El catálogo lo pregunta por `settings.HISTORIA_DE_PRODUCTO`; las bodegas, por `settings.AL_CERRAR_BODEGA`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from inventario.cuentas.empresas.errores import BodegaEnUso
from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Existencia, Movimiento
from inventario.productos.historia import Ataduras
from inventario.productos.models import Producto, Unidad

if TYPE_CHECKING:
    from django.db.models import QuerySet


def retener(producto: Producto) -> None:
    suyas = Existencia.objects.filter(producto=producto).order_by("producto_id", "bodega_id")
    list(suyas.select_for_update())


def tiene_historia(producto: Producto) -> bool:
    return Lote.objects.filter(producto=producto).exists()


def unidad_con_historia(unidad: Unidad) -> bool:
    return Lote.objects.filter(producto__unidad=unidad).exists()


def fisica_por_bodega(producto: Producto) -> dict[int, Decimal]:
    return dict(Existencia.objects.filter(producto=producto).values_list("bodega_id", "fisica"))


def movimientos_por_bodega(producto: Producto) -> dict[int, int]:
    return _cuantas_por_bodega(Movimiento.objects.filter(producto=producto))


def ataduras_por_bodega(producto: Producto, ahora: datetime) -> dict[int, Ataduras]:
    lotes = _cuantas_por_bodega(Lote.objects.con_saldo().filter(producto=producto))
    apartados = _cuantas_por_bodega(Apartado.objects.vivos(ahora).filter(producto=producto))
    return {pk: Ataduras(lotes.get(pk, 0), apartados.get(pk, 0)) for pk in lotes.keys() | apartados.keys()}


def _cuantas_por_bodega(filas: QuerySet[Any]) -> dict[int, int]:
    return dict(filas.order_by().values_list("bodega_id").annotate(Count("pk")))


def exigir_bodega_vacia(bodega: Bodega) -> None:
    """Lanza `BodegaEnUso` si le queda algo."""
    # Sus existencias se toman antes de mirarlas: una entrada en curso las cambiaría después.
    suyas = Existencia.objects.filter(bodega=bodega).order_by("producto_id").select_for_update()
    if any(suyas.values_list("fisica", flat=True)):
        raise BodegaEnUso(f"{bodega} todavía tiene existencias: trasládelas antes.")
