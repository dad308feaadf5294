"""Vocabulario de consultas del libro."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.db.models import Q, Sum

from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.nucleo.modelos import ManagerDeEmpresa

if TYPE_CHECKING:
    from inventario.movimientos.models import Apartado, Existencia  # noqa: F401  # Apartado va entre comillas


class Clave(NamedTuple):
    """Lo que se bloquea: un producto en una bodega. Se ordena sola."""

    producto_id: int
    bodega_id: int


def filtro_de_claves(claves: Iterable[Clave]) -> Q:
    """Filas de esos productos en esas bodegas."""
    lista = list(claves)
    if len(lista) == 1:
        # El caso de casi todo asiento, y armar el filtro general cuesta más que la consulta.
        return Q(producto_id=lista[0].producto_id, bodega_id=lista[0].bodega_id)
    por_bodega: dict[int, list[int]] = {}
    for clave in lista:
        por_bodega.setdefault(clave.bodega_id, []).append(clave.producto_id)
    filtro = Q(pk__in=[])
    for bodega_id, productos in por_bodega.items():
        filtro |= Q(bodega_id=bodega_id, producto_id__in=productos)
    return filtro


class ExistenciaQuerySet(models.QuerySet["Existencia"]):
    def en(self, claves: Iterable[Clave]) -> ExistenciaQuerySet:
        return self.filter(filtro_de_claves(claves))

    def bloquear(self, claves: Sequence[Clave]) -> list[Existencia]:
        """Bloquea las filas en orden de clave: dos operaciones cruzadas esperan, no se traban."""
        # Una sola fila no necesita orden, y ordenar es parte de lo que cuesta armar la consulta.
        orden = ("producto_id", "bodega_id") if len(claves) > 1 else ()
        return list(self.en(claves).select_for_update().order_by(*orden))

    def crear_faltantes(self, claves: Sequence[Clave], empresa_id: int) -> None:
        """Crea en orden de clave las filas que no existan. Se llama antes de bloquear ninguna."""
        hay = set(self.en(claves).values_list("producto_id", "bodega_id"))
        self.bulk_create(
            [
                self.model(empresa_id=empresa_id, producto_id=clave.producto_id, bodega_id=clave.bodega_id)
                for clave in sorted(claves)
                if clave not in hay
            ],
            ignore_conflicts=True,
        )


ExistenciaManager = ManagerDeEmpresa.from_queryset(ExistenciaQuerySet)


class ApartadoQuerySet(models.QuerySet["Apartado"]):
    def en(self, claves: Iterable[Clave]) -> ApartadoQuerySet:
        return self.filter(filtro_de_claves(claves))

    def vigentes(self) -> ApartadoQuerySet:
        """Los que nadie resolvió, aunque ya les haya pasado la hora."""
        return self.filter(estado="vigente")

    def vivos(self, ahora: datetime) -> ApartadoQuerySet:
        """Vigentes y sin vencer: los únicos que restan disponible (decisión 13)."""
        return self.vigentes().filter(vence_en__gt=ahora)

    def restante_total(self) -> Decimal:
        return cuantizar(self.aggregate(total=Sum("restante"))["total"] or CERO)


ApartadoManager = ManagerDeEmpresa.from_queryset(ApartadoQuerySet)
