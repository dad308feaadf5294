"""Vocabulario de consultas de lotes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Upper

from inventario.nucleo.modelos import ManagerDeEmpresa

if TYPE_CHECKING:
    from inventario.lotes.models import Lote  # noqa: F401  # lo nombra el queryset, entre comillas

AVISO_DIAS = 30


class LoteQuerySet(models.QuerySet["Lote"]):
    def con_saldo(self) -> LoteQuerySet:
        return self.filter(saldo__gt=0)

    def utilizables(self, hoy: date) -> LoteQuerySet:
        """Con saldo, sin bloqueo y sin vencer; lo que vence hoy todavía sale (decisión 8)."""
        return self.con_saldo().filter(que_sirven(hoy))

    def vencidos(self, hoy: date) -> LoteQuerySet:
        return self.con_saldo().filter(vence_el__lt=hoy)

    def en_estado(self, estado: str, hoy: date, *, aviso_dias: int = AVISO_DIAS) -> LoteQuerySet:
        """Los que hoy se ven en ese estado: la misma regla que `Lote.estado`, dicha a la base."""
        limite = hoy + timedelta(days=aviso_dias)
        condicion = {
            "agotado": Q(saldo=0),
            "sin_fecha": Q(saldo__gt=0, vence_el=None),
            "vencido": Q(saldo__gt=0, vence_el__lt=hoy),
            "por_vencer": Q(saldo__gt=0, vence_el__gte=hoy, vence_el__lte=limite),
            "vigente": Q(saldo__gt=0, vence_el__gt=limite),
        }
        return self.filter(condicion[estado])

    def en_orden_fefo(self) -> LoteQuerySet:
        """Primero lo que vence primero (decisión 7)."""
        # Un lote sin vencimiento nunca apremia: va al final también en SQLite, que pondría los NULL primero.
        return self.order_by(F("vence_el").asc(nulls_last=True), "fecha_ingreso", "pk")

    def en_orden_peps(self) -> LoteQuerySet:
        """Primero lo que entró primero (decisión 7)."""
        return self.order_by("fecha_ingreso", "pk")


def que_sirven(hoy: date) -> Q:
    """Los que se pueden entregar, si les queda algo: como `Lote.utilizable`, dicho a la base."""
    return Q(Q(vence_el=None) | Q(vence_el__gte=hoy), bloqueado=False)


def lotes_que_dicen(texto: str) -> Q:
    """Los que llevan ese texto en su código o en el del proveedor, sin mirar mayúsculas."""
    if "\n" in texto:
        # Es lo que separa los dos códigos: ninguno lo lleva, y así no se busca entre ambos.
        return Q(pk__in=[])
    # Las mayúsculas las pone la base en los dos lados: SQLite solo conoce las del inglés.
    return Q(buscable__contains=Upper(Value(texto)))


LoteManager = ManagerDeEmpresa.from_queryset(LoteQuerySet)
