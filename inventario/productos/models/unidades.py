"""Unidades de medida de la empresa."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class Unidad(ModeloDeEmpresa):
    """Con nombre en los dos idiomas; lo que se cuenta por piezas no se divide (decisión 25)."""

    nombre = models.CharField("nombre", max_length=50)
    nombre_en = models.CharField("nombre en inglés", max_length=50)
    nombre_en_normalizado = models.CharField(max_length=150, editable=False)
    abreviatura = models.CharField("abreviatura", max_length=50)
    abreviatura_normalizada = models.CharField(max_length=150, editable=False)
    magnitud = models.CharField(
        "magnitud", max_length=50, blank=True, help_text="peso, volumen, conteo, longitud, área…"
    )
    divisible = models.BooleanField("se puede dividir", default=True)
    activa = models.BooleanField("activa", default=True)
    creada_en = models.DateTimeField("creada", auto_now_add=True)
    actualizada_en = models.DateTimeField("actualizada", auto_now=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "unidad"
        verbose_name_plural = "unidades"
        ordering = ("magnitud", "nombre")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["empresa", "abreviatura_normalizada"], name="unidad_abreviatura_unica"
            ),
            models.UniqueConstraint(
                fields=["empresa", "nombre_en_normalizado"], name="unidad_nombre_en_unico"
            ),
        ]

    def __str__(self) -> str:
        return self.abreviatura

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derivar()
        super().save(*args, **kwargs)

    def derivar(self) -> None:
        """Pone al día las columnas que salen de otras; quien use `bulk_create` lo llama antes."""
        self.abreviatura_normalizada = self.abreviatura.strip().casefold()
        self.nombre_en_normalizado = self.nombre_en.strip().casefold()
