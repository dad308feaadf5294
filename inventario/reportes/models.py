"""El encargo de un reporte grande: se arma aparte y se recoge cuando está listo."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventario.nucleo.alcance import Alcance
from inventario.nucleo.modelos import ModeloDeEmpresa
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.querysets import ExportacionManager


class EstadoDeExportacion(models.TextChoices):
    PENDIENTE = "pendiente", _("Pendiente")
    EN_CURSO = "en_curso", _("En curso")
    LISTA = "lista", _("Lista")
    FALLIDA = "fallida", _("Fallida")
    VENCIDA = "vencida", _("Vencida")


class Exportacion(ModeloDeEmpresa):
    """`archivo` es el nombre en el almacén, que no se puede adivinar; `nombre`, el que ve quien lo baja.

    `resumen` son las sumas y las primeras filas de lo que se escribió; se borra con el archivo.
    `bodegas` son las que alcanzaba quien la pidió (vacío: todas); `idioma`, el de su página: el archivo se
    encabeza con las mismas palabras. `latido_en` dice cuándo se supo por última vez de quien la está armando.
    """

    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="pidió"
    )
    reporte = models.CharField("reporte", max_length=40)
    formato = models.CharField("formato", max_length=8, choices=Formato.choices)
    parametros = models.JSONField("parámetros", default=dict)
    bodegas = models.JSONField("bodegas", default=list)
    idioma = models.CharField("idioma", max_length=5, default="es", db_default="es")
    estado = models.CharField(
        "estado",
        max_length=10,
        choices=EstadoDeExportacion.choices,
        default=EstadoDeExportacion.PENDIENTE,
    )
    avance = models.PositiveSmallIntegerField("avance (%)", default=0)
    filas = models.PositiveIntegerField("filas escritas", default=0)
    archivo = models.CharField("archivo", max_length=200, blank=True)
    nombre = models.CharField("nombre", max_length=120)
    resumen = models.JSONField("resumen", default=dict)
    error = models.CharField("error", max_length=500, blank=True)
    intentos = models.PositiveSmallIntegerField("intentos", default=0)
    creada_en = models.DateTimeField("creada")
    latido_en = models.DateTimeField("último latido", null=True, blank=True)
    terminada_en = models.DateTimeField("terminada", null=True, blank=True)
    vence_en = models.DateTimeField("se borra")

    objects = ExportacionManager()

    class Meta:
        verbose_name = "exportación"
        verbose_name_plural = "exportaciones"
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(estado__in=EstadoDeExportacion.values), name="exportacion_estado_conocido"
            ),
            models.CheckConstraint(
                condition=Q(formato__in=Formato.values), name="exportacion_formato_conocido"
            ),
            models.CheckConstraint(
                condition=Q(avance__gte=0, avance__lte=100), name="exportacion_avance_de_0_a_100"
            ),
            models.CheckConstraint(
                condition=~Q(estado="lista") | (~Q(archivo="") & Q(avance=100)),
                name="exportacion_lista_con_archivo",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["empresa", "usuario", "id"], name="exportacion_de_quien"),
            models.Index(fields=["empresa", "estado", "vence_en"], name="exportacion_por_atender"),
        ]

    @property
    def alcance(self) -> Alcance:
        return Alcance.de(self.bodegas)

    def __str__(self) -> str:
        return f"{self.nombre} ({self.get_estado_display()})"
