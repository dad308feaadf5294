"""Qué módulo de la granja usa cada producto, y cómo."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa
from inventario.productos.models.productos import Producto


class ModuloDeProducto(ModeloDeEmpresa):
    """`ajustes` es del módulo: aquí se guarda y se devuelve igual, sin mirarlo."""

    producto = models.ForeignKey(
        Producto, on_delete=models.PROTECT, related_name="modulos", verbose_name="producto"
    )
    modulo = models.CharField("módulo", max_length=64)
    ajustes = models.JSONField("ajustes", default=dict, blank=True)
    principal = models.BooleanField("principal", default=False)
    creado_en = models.DateTimeField("creado", auto_now_add=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "módulo del producto"
        verbose_name_plural = "módulos del producto"
        ordering = ("-principal", "modulo")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["producto", "modulo"], name="modulo_una_vez_por_producto"),
            models.UniqueConstraint(
                fields=["producto"], condition=Q(principal=True), name="modulo_principal_unico"
            ),
            models.CheckConstraint(condition=~Q(modulo=""), name="modulo_no_vacio"),
        ]
        indexes: ClassVar = [models.Index(fields=["empresa", "modulo"], name="modulo_empresa")]

    def __str__(self) -> str:
        return self.modulo
