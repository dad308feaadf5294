"""Vocabulario de consultas del libro."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.db.models import Q, Sum

from inventario.lotes.models import Lote
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.nucleo.modelos import ManagerDeEmpresa, empresa_en_curso
from inventario.nucleo.sql import Retener, al_final, huecos, leer

if TYPE_CHECKING:
    from inventario.movimientos.models import Apartado, Existencia, Movimiento


class Clave(NamedTuple):
    """Lo que se bloquea: un producto en una bodega. Se ordena sola."""

    producto_id: int
    bodega_id: int


def clave_de(fila: Lote | Existencia | Apartado | Movimiento) -> Clave:
    return Clave(fila.producto_id, fila.bodega_id)


def _por_bodega(claves: Iterable[Clave]) -> dict[int, list[int]]:
    bodegas: dict[int, list[int]] = {}
    for clave in claves:
        bodegas.setdefault(clave.bodega_id, []).append(clave.producto_id)
    return bodegas


def filtro_de_claves(claves: Iterable[Clave]) -> Q:
    """Filas de esos productos en esas bodegas."""
    filtro = Q(pk__in=[])
    for bodega_id, productos in _por_bodega(claves).items():
        filtro |= Q(bodega_id=bodega_id, producto_id__in=productos)
    return filtro


def lotes_de(
    empresa_id: int, claves: Iterable[Clave], nombrados: Sequence[int], ingresados_hasta: date | None
) -> list[Lote]:
    """Devuelve, sin orden, los lotes con saldo de esas claves y los nombrados, tengan o no saldo.

    Con `ingresados_hasta`, de los primeros solo los que llegaron hasta ese día.
    """
    condicion, parametros = _condicion(claves)
    # Escrito como en los índices parciales: con otro cero SQLite no los reconoce.
    condicion = f"({condicion}) AND saldo > '0'"
    if ingresados_hasta is not None:
        condicion += " AND fecha_ingreso <= %s"
        parametros.append(ingresados_hasta)
    if nombrados:
        condicion = f"{condicion} OR id IN ({huecos(nombrados)})"
        parametros += nombrados
    return leer(Lote, empresa_id, condicion, parametros)


def _condicion(claves: Iterable[Clave]) -> tuple[str, list[Any]]:
    """`filtro_de_claves` en SQL."""
    partes: list[str] = []
    parametros: list[Any] = []
    for bodega_id, productos in _por_bodega(claves).items():
        partes.append(f"bodega_id = %s AND producto_id IN ({huecos(productos)})")
        parametros += [bodega_id, *productos]
    return " OR ".join(partes) or "1 = 0", parametros


class ExistenciaQuerySet(models.QuerySet["Existencia"]):
    def en(self, claves: Iterable[Clave]) -> ExistenciaQuerySet:
        return self.filter(filtro_de_claves(claves))

    def bloquear(self, claves: Sequence[Clave]) -> list[Existencia]:
        """Bloquea las filas de la empresa en curso en orden de clave.

        Así dos operaciones cruzadas esperan, no se traban.
        """
        condicion, parametros = _condicion(claves)
        return leer(
            self.model,
            empresa_en_curso(),
            condicion,
            parametros,
            cola=f"ORDER BY producto_id, bodega_id {al_final(Retener.PARA_CAMBIAR)}",
        )

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
