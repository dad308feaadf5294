"""Claves de API: se muestran una vez; aquí queda solo su huella."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from inventario.cuentas.models.empresas import Bodega, Empresa
from inventario.cuentas.models.personas import Usuario


class ClaveApi(models.Model):
    """Actúa con su propio usuario de servicio, para que el libro diga siempre quién fue."""

    empresa = models.ForeignKey(
        Empresa, on_delete=models.PROTECT, related_name="claves", verbose_name="empresa"
    )
    usuario = models.OneToOneField(
        Usuario, on_delete=models.PROTECT, related_name="clave_api", verbose_name="usuario de servicio"
    )
    nombre = models.CharField("nombre", max_length=255)
    descripcion = models.TextField("descripción", blank=True, max_length=1000)
    prefijo = models.CharField("comienzo de la clave", max_length=20)
    huella = models.CharField("huella SHA-256", max_length=64, unique=True)
    # Con qué envío se creó: el mismo formulario, recargado, no crea otra.
    envio = models.UUIDField("envío", null=True, unique=True)
    alcances = models.JSONField("alcances", default=list)
    modulos = models.JSONField("módulos", default=list, blank=True, help_text="Lista vacía: todos.")
    bodega = models.ForeignKey(
        Bodega,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bodega habitual",
    )
    bodegas_permitidas = models.ManyToManyField(
        Bodega, blank=True, related_name="+", verbose_name="bodegas permitidas"
    )
    creada_por = models.ForeignKey(
        Usuario, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="creada por"
    )
    creada_en = models.DateTimeField("creada", auto_now_add=True)
    vence_en = models.DateTimeField("vence", null=True, blank=True)
    ultimo_uso_en = models.DateTimeField("último uso", null=True, blank=True, editable=False)
    revocada_en = models.DateTimeField("revocada", null=True, blank=True)

    class Meta:
        verbose_name = "clave de API"
        verbose_name_plural = "claves de API"
        ordering = ("-creada_en",)
        indexes: ClassVar = [models.Index(fields=["empresa", "-creada_en"], name="clave_empresa_creada")]

    def __str__(self) -> str:
        return f"{self.nombre} ({self.prefijo}…)"

    def vigente(self, ahora: datetime) -> bool:
        return self.revocada_en is None and (self.vence_en is None or self.vence_en > ahora)


class UsoDeClave(models.Model):
    """Una solicitud atendida con una clave. No tiene empresa propia: se llega a ella por su clave."""

    clave = models.ForeignKey(ClaveApi, on_delete=models.CASCADE, related_name="usos", verbose_name="clave")
    creado_en = models.DateTimeField("hora")
    metodo = models.CharField("método", max_length=10)
    endpoint = models.CharField("dirección", max_length=255)
    estado = models.PositiveSmallIntegerField("estado")
    ip = models.GenericIPAddressField("dirección IP", null=True)
    duracion_ms = models.PositiveIntegerField("duración (ms)")

    class Meta:
        verbose_name = "uso de una clave"
        verbose_name_plural = "usos de claves"
        ordering = ("-creado_en", "-id")
        indexes: ClassVar = [
            models.Index(fields=["clave", "-creado_en", "-id"], name="uso_clave_reciente"),
            models.Index(fields=["creado_en"], name="uso_creado"),
        ]

    def __str__(self) -> str:
        return f"{self.metodo} {self.endpoint}: {self.estado}"
