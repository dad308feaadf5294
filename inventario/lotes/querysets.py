"""Vocabulario de consultas de lotes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from inventario.nucleo.modelos import ManagerDeEmpresa

if TYPE_CHECKING:
    from inventario.lotes.models import Lote  # noqa: F401  # lo nombra el queryset, entre comillas


class LoteQuerySet(models.QuerySet["Lote"]):
    def con_saldo(self) -> LoteQuerySet:
        return self.filter(saldo__gt=0)

    def utilizables(self, hoy: date) -> LoteQuerySet:
        """Con saldo, sin bloqueo y sin vencer; lo que vence hoy todavía sale (decisión 8)."""
        return self.con_saldo().filter(Q(vence_el=None) | Q(vence_el__gte=hoy), bloqueado=False)

    def vencidos(self, hoy: date) -> LoteQuerySet:
        return self.con_saldo().filter(vence_el__lt=hoy)

    def en_orden_fefo(self) -> LoteQuerySet:
        """Primero lo que vence primero (decisión 7)."""
        # Un lote sin vencimiento nunca apremia: va al final también en SQLite, que pondría los NULL primero.
        return self.order_by(F("vence_el").asc(nulls_last=True), "fecha_ingreso", "pk")

    def en_orden_peps(self) -> LoteQuerySet:
        """Primero lo que entró primero (decisión 7)."""
        return self.order_by("fecha_ingreso", "pk")


LoteManager = ManagerDeEmpresa.from_queryset(LoteQuerySet)
