"""La auditoría: quién hizo qué cosa delicada, cuándo, desde dónde y por qué. Solo se agrega."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventario.auditoria.hechos import Hecho, opciones
from inventario.nucleo.solo_agregar import SoloAgregar, SoloAgregarManager


class Anotacion(SoloAgregar):
    """Un hecho sobre una cosa, escrito en la transacción que lo hizo (R-09).

    Los textos retratan el momento: el nombre de quien lo hizo y de la cosa quedan aunque cambien o la cosa
    se borre; por eso `sobre` no es una llave. Sin `usuario` lo hizo el sistema (una orden de consola).
    """

    como_se_corrige = "La auditoría no se edita ni se borra."

    hecho = models.CharField("qué", max_length=40, choices=opciones)
    creado_en = models.DateTimeField("cuándo", auto_now_add=True)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="usuario",
    )
    quien = models.CharField("quién", max_length=255)
    externo_id = models.CharField("id de la persona en el otro sistema", max_length=64, blank=True)
    externo_nombre = models.CharField("persona en el otro sistema", max_length=255, blank=True)
    sobre_tipo = models.CharField("tipo de cosa", max_length=60)
    sobre_id = models.CharField("id de la cosa", max_length=64)
    sobre = models.CharField("sobre qué", max_length=255)
    antes = models.JSONField("antes", default=dict)
    despues = models.JSONField("después", default=dict)
    motivo = models.TextField("motivo", blank=True)
    direccion = models.GenericIPAddressField("dirección", null=True, blank=True)
    solicitud_id = models.CharField("id de la solicitud", max_length=64, blank=True)

    objects = SoloAgregarManager()

    class Meta:
        verbose_name = _("hecho auditado")
        verbose_name_plural = _("auditoría")
        ordering = ("-creado_en", "-id")
        indexes: ClassVar = [
            models.Index(fields=["empresa", "-creado_en", "-id"], name="auditoria_reciente"),
            models.Index(fields=["empresa", "hecho", "-creado_en", "-id"], name="auditoria_por_hecho"),
            models.Index(fields=["empresa", "usuario", "-creado_en", "-id"], name="auditoria_por_persona"),
            models.Index(fields=["empresa", "sobre_tipo", "sobre_id"], name="auditoria_de_una_cosa"),
        ]

    def __str__(self) -> str:
        return f"{self.que}: {self.sobre}"

    @property
    def que(self) -> str:
        """El hecho dicho para una persona; el de una versión más nueva que esta, por su valor."""
        return str(Hecho(self.hecho).label) if self.hecho in Hecho.values else self.hecho
