"""Bandeja de salida: lo que pasó, escrito en la misma transacción que lo hizo pasar."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class Evento(ModeloDeEmpresa):
    """Una fila por hecho. `clave` agrupa lo que debe entregarse en orden (p. ej. un producto)."""

    tipo = models.CharField("tipo", max_length=60)
    clave = models.CharField("clave de orden", max_length=100, blank=True)
    datos = models.JSONField("datos", default=dict)
    creado_en = models.DateTimeField("creado", auto_now_add=True)
    repartido_en = models.DateTimeField("repartido", null=True, blank=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "evento"
        verbose_name_plural = "eventos"
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(repartido_en=None), name="evento_sin_repartir"),
            models.Index(fields=["creado_en"], name="evento_creado"),
        ]

    def __str__(self) -> str:
        return f"{self.tipo} #{self.pk}"


class Entrega(ModeloDeEmpresa):
    """Un evento para un consumidor: se reintenta hasta que lo reciba."""

    class Estado(models.TextChoices):
        PENDIENTE = "pendiente", "Pendiente"
        ENTREGADA = "entregada", "Entregada"
        FALLIDA = "fallida", "Fallida"

    evento = models.ForeignKey(
        Evento, on_delete=models.CASCADE, related_name="entregas", verbose_name="evento"
    )
    consumidor = models.CharField("consumidor", max_length=200)
    estado = models.CharField("estado", max_length=10, choices=Estado.choices, default=Estado.PENDIENTE)
    intentos = models.PositiveIntegerField("intentos", default=0)
    proximo_en = models.DateTimeField("próximo intento")
    error = models.TextField("último error", blank=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "entrega"
        verbose_name_plural = "entregas"
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evento", "consumidor"], name="entrega_unica"),
            models.CheckConstraint(
                condition=models.Q(estado__in=["pendiente", "entregada", "fallida"]),
                name="entrega_estado_conocido",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["proximo_en", "id"], condition=models.Q(estado="pendiente"), name="entrega_pendiente"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evento} → {self.consumidor}"
