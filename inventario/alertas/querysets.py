"""Vocabulario de consultas de alertas."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from inventario.nucleo.alcance import Alcance
from inventario.nucleo.modelos import ManagerDeEmpresa
from inventario.nucleo.solo_agregar import SoloAgregarManager

if TYPE_CHECKING:
    from inventario.alertas.models import Alerta  # noqa: F401  # lo nombra el queryset, entre comillas


class AlertaQuerySet(models.QuerySet["Alerta"]):
    def activas(self) -> AlertaQuerySet:
        return self.filter(activa=True)

    def sin_reconocer(self) -> AlertaQuerySet:
        return self.filter(reconocida_en=None)

    def al_alcance(self, alcance: Alcance) -> AlertaQuerySet:
        """Lo que ve quien tiene ese alcance. El mínimo es de toda la empresa: lo ve cualquiera.

        También lo son sus cifras: quien la muestre la pasa por `alertas.vista.a_la_vista`.
        """
        return self.filter(Q(bodega=None) | alcance.condicion()) if alcance.limitado else self

    def que_vencen(self, hoy: date, *, dias: int) -> AlertaQuerySet:
        """Las abiertas de lotes que vencen de hoy a dentro de `dias`, ambos incluidos."""
        return self.activas().filter(
            tipo="por_vencer", fecha_referencia__gte=hoy, fecha_referencia__lte=hoy + timedelta(days=dias)
        )

    def con_detalle(self) -> AlertaQuerySet:
        """Trae lo que se muestra de cada una sin una consulta más por fila."""
        return self.select_related("producto__unidad", "lote", "bodega", "reconocida_por")

    def con_historia(self) -> AlertaQuerySet:
        """Trae además, en una consulta, todas las veces que se reconocieron."""
        return self.prefetch_related("reconocimientos")

    def en_orden(self) -> AlertaQuerySet:
        return self.order_by("creada_en", "pk")

    def urgentes_primero(self) -> AlertaQuerySet:
        return self.order_by("-gravedad", models.F("fecha_referencia").asc(nulls_last=True), "pk")


class ReconocimientoManager(SoloAgregarManager[Any]):
    """Un reconocimiento siempre se muestra con quién lo hizo."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().select_related("quien")


AlertaManager = ManagerDeEmpresa.from_queryset(AlertaQuerySet)
