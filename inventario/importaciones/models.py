"""El encargo de una importación: el archivo se ensaya y se aplica aparte, y la página mira cómo va."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models import Importacion
from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class EstadoDeEncargo(models.TextChoices):
    POR_ENSAYAR = "por_ensayar", _("Por ensayar")
    ENSAYANDO = "ensayando", _("Ensayándose")
    ENSAYADO = "ensayado", _("Ensayado")
    CON_ERRORES = "con_errores", _("Con errores")
    POR_APLICAR = "por_aplicar", _("Por aplicar")
    APLICANDO = "aplicando", _("Aplicándose")
    APLICADO = "aplicado", _("Aplicado")
    FALLIDO = "fallido", _("Fallido")
    VENCIDO = "vencido", _("Vencido")


# Quien lo mira tiene algo que esperar.
EN_MARCHA = (
    EstadoDeEncargo.POR_ENSAYAR,
    EstadoDeEncargo.ENSAYANDO,
    EstadoDeEncargo.POR_APLICAR,
    EstadoDeEncargo.APLICANDO,
)


class EncargoDeImportacion(ModeloDeEmpresa):
    """`archivo` es como lo llama quien lo trajo; `guardado`, su nombre en el almacén, que no se adivina.

    El guardado se borra en cuanto ya no hace falta. `rechazos` y `avisos` son frases, y de un archivo entero
    mal escrito las primeras mil; cuántas filas, lo dicen las cuentas. `intentos` es el turno de quien lo
    corre: con uno viejo ya no se puede anotar nada.
    """

    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="encargó"
    )
    clase = models.CharField("clase", max_length=20, choices=Importacion.Clase.choices)
    archivo = models.CharField("archivo", max_length=255)
    guardado = models.CharField("guardado", max_length=200, blank=True)
    estado = models.CharField(
        "estado", max_length=12, choices=EstadoDeEncargo.choices, default=EstadoDeEncargo.POR_ENSAYAR
    )
    leidas = models.PositiveIntegerField("filas leídas", default=0)
    aceptadas = models.PositiveIntegerField("filas aceptadas", default=0)
    rechazadas = models.PositiveIntegerField("filas rechazadas", default=0)
    rechazos = models.JSONField("rechazos", default=list)
    avisos = models.JSONField("avisos", default=list)
    error = models.CharField("error", max_length=500, blank=True)
    importacion = models.ForeignKey(
        Importacion, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="importación"
    )
    intentos = models.PositiveSmallIntegerField("intentos", default=0)
    creado_en = models.DateTimeField("encargado")
    empezo_en = models.DateTimeField("empezó", null=True)
    vence_en = models.DateTimeField("se borra")

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "encargo de importación"
        verbose_name_plural = "encargos de importación"
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(estado__in=EstadoDeEncargo.values), name="encargo_estado_conocido"
            ),
            models.CheckConstraint(
                condition=~Q(estado__in=[*EN_MARCHA, EstadoDeEncargo.ENSAYADO]) | ~Q(guardado=""),
                name="encargo_vivo_con_archivo",
            ),
            models.CheckConstraint(
                condition=Q(estado=EstadoDeEncargo.APLICADO) ^ Q(importacion=None),
                name="encargo_aplicado_con_importacion",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["empresa", "usuario", "id"], name="encargo_de_quien"),
            models.Index(fields=["empresa", "estado", "vence_en"], name="encargo_por_atender"),
        ]

    def __str__(self) -> str:
        return f"{self.archivo} ({self.get_estado_display()})"

    @property
    def en_marcha(self) -> bool:
        return self.estado in EN_MARCHA
