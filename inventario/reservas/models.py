"""La reserva: el papel de una promesa. La cantidad, lo que resta y el vencimiento viven en su apartado."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventario.cuentas.models import Usuario
from inventario.movimientos.models import Apartado
from inventario.nucleo.cantidades import CERO, legible
from inventario.nucleo.modelos import ModeloDeEmpresa
from inventario.reservas.estados import DE_APARTADO, TRANSICIONES, EstadoReserva
from inventario.reservas.querysets import ReservaManager


class Reserva(ModeloDeEmpresa):
    """Quién pidió guardar qué, para qué, y quién la resolvió (decisión 16)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    apartado = models.OneToOneField(
        Apartado, on_delete=models.PROTECT, related_name="reserva", verbose_name="apartado"
    )
    notas = models.TextField("notas", blank=True)
    creada_por = models.ForeignKey(
        Usuario, on_delete=models.PROTECT, related_name="+", verbose_name="creada por"
    )
    externo_id = models.CharField("id de la persona externa", max_length=64, blank=True)
    externo_nombre = models.CharField("persona externa", max_length=255, blank=True)
    creada_en = models.DateTimeField("creada")
    resuelta_por = models.ForeignKey(
        Usuario,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="resuelta por",
    )
    resuelta_externo_id = models.CharField("id externo de quien la resolvió", max_length=64, blank=True)
    resuelta_externo_nombre = models.CharField(
        "nombre externo de quien la resolvió", max_length=255, blank=True
    )
    resuelta_en = models.DateTimeField("resuelta", null=True, blank=True)
    motivo = models.CharField("motivo de la cancelación", max_length=255, blank=True)

    objects = ReservaManager()

    class Meta:
        verbose_name = "reserva"
        verbose_name_plural = "reservas"
        ordering = ("-creada_en",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(resuelta_por=None, resuelta_en=None)
                | Q(resuelta_por__isnull=False, resuelta_en__isnull=False),
                name="reserva_resuelta_por_alguien",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["empresa", "-creada_en", "-apartado"], name="reserva_recientes"),
        ]

    def estado(self, ahora: datetime) -> EstadoReserva:
        """Devuelve su estado en ese instante: pasada la hora está vencida, lo anote alguien o no."""
        if self.apartado.estado == Apartado.Estado.VIGENTE and self.apartado.vence_en <= ahora:
            return EstadoReserva.VENCIDA
        return DE_APARTADO[self.apartado.estado]

    def pendiente(self, ahora: datetime) -> bool:
        """Si todavía se puede confirmar, cancelar o extender."""
        return bool(TRANSICIONES[self.estado(ahora)])

    def restante(self, ahora: datetime) -> Decimal:
        """Lo que todavía guarda, en la unidad del producto: cero si ya no está pendiente."""
        return self.apartado.restante if self.pendiente(ahora) else CERO

    def liberada(self, ahora: datetime) -> Decimal:
        """Lo que volvió a quedar libre sin usarse."""
        return self.apartado.cantidad - self.apartado.usada - self.restante(ahora)

    @property
    def nombre_de_quien_creo(self) -> str:
        return self.externo_nombre or self.creada_por.nombre or self.creada_por.email

    def __str__(self) -> str:
        return f"{legible(self.apartado.cantidad)} de {self.apartado.producto}"
