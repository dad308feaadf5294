"""Unidades de medida de la empresa."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from inventario.nucleo.modelos import ModeloDeEmpresa


class Unidad(ModeloDeEmpresa):
    """Con nombre en los dos idiomas; lo que se cuenta por piezas no se divide (decisión 25)."""

    nombre = models.CharField("nombre", max_length=50)
    nombre_en = models.CharField("nombre en inglés", max_length=50)
    nombre_en_normalizado = models.CharField(max_length=100, editable=False)
    abreviatura = models.CharField("abreviatura", max_length=50)
    abreviatura_normalizada = models.CharField(max_length=100, editable=False)
    magnitud = models.CharField("magnitud", max_length=50, blank=True, help_text="peso, volumen, conteo, longitud, área…")
    divisible = models.BooleanField("se puede dividir", default=True)
    activa = models.BooleanField("activa", default=True)
    creada_en = models.DateTimeField("creada", auto_now_add=True)
    actualizada_en = models.DateTimeField("actualizada", auto_now=True)

    objects = ScopedManager(empresa="empresa")

    class Meta:
        verbose_name = "unidad"
        verbose_name_plural = "unidades"
        ordering = ("magnitud", "nombre")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["empresa", "abreviatura_normalizada"], name="unidad_abreviatura_unica"),
            models.UniqueConstraint(fields=["empresa", "nombre_en_normalizado"], name="unidad_nombre_en_unico"),
        ]

    def __str__(self) -> str:
        return self.abreviatura
