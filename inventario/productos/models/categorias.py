"""Árbol de categorías."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class Categoria(ModeloDeEmpresa):
    nombre = models.CharField("nombre", max_length=100)
    padre = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hijas",
        verbose_name="dentro de",
    )
    descripcion = models.TextField("descripción", blank=True, max_length=2000)
    creada_en = models.DateTimeField("creada", auto_now_add=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "categoría"
        verbose_name_plural = "categorías"
        ordering = ("nombre",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["empresa", "nombre"], name="categoria_nombre_unico"),
            models.CheckConstraint(
                condition=~models.Q(padre=models.F("id")), name="categoria_no_es_su_padre"
            ),
        ]

    def __str__(self) -> str:
        return self.nombre
