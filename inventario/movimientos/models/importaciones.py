"""Una importación: un archivo, un lote de asientos que se puede deshacer entero (decisión 21)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class Importacion(ModeloDeEmpresa):
    class Clase(models.TextChoices):
        PRODUCTOS = "productos", _("productos")
        ENTRADAS = "entradas", _("entradas")
        SALIDAS = "salidas", _("salidas")

    class Estado(models.TextChoices):
        EN_CURSO = "en_curso", _("En curso")
        APLICADA = "aplicada", _("Aplicada")
        DESHACIENDO = "deshaciendo", _("Deshaciéndose")
        DESHECHA = "deshecha", _("Deshecha")

    clase = models.CharField("clase", max_length=20, choices=Clase.choices)
    archivo = models.CharField("archivo", max_length=255)
    huella = models.CharField("huella SHA-256 del archivo", max_length=64)
    politica = models.CharField("política de salida", max_length=10, blank=True)
    estado = models.CharField("estado", max_length=12, choices=Estado.choices, default=Estado.EN_CURSO)
    filas = models.PositiveIntegerField("filas leídas", default=0)
    aplicadas = models.PositiveIntegerField("filas aplicadas", default=0)
    rechazadas = models.PositiveIntegerField("filas rechazadas", default=0)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="importó"
    )
    creada_en = models.DateTimeField("creada", auto_now_add=True)
    deshecha_en = models.DateTimeField("deshecha", null=True, blank=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "importación"
        verbose_name_plural = "importaciones"
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(estado__in=["en_curso", "aplicada", "deshaciendo", "deshecha"]),
                name="importacion_estado_conocido",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_clase_display()}: {self.archivo}"
