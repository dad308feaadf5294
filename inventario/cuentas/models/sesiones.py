"""Sesiones de quien entra por la API con su correo (las páginas usan las de Django)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models

from inventario.cuentas.models.personas import Usuario


class SesionManager(models.Manager["Sesion"]):
    def vivas(self, ahora: datetime) -> models.QuerySet[Sesion]:
        """Las que aún sirven: sin vencer, de alguien activo y abiertas con lo que hoy hace falta."""
        cambiada = models.F("usuario__contrasena_cambiada_en")
        activado = models.F("usuario__segundo_factor_en")
        return self.filter(
            models.Q(usuario__contrasena_cambiada_en=None) | models.Q(autenticada_en__gte=cambiada),
            models.Q(usuario__segundo_factor_en=None) | models.Q(autenticada_en__gte=activado),
            vence_en__gt=ahora,
            usuario__is_active=True,
        )


class Sesion(models.Model):
    """Los tokens la nombran: al borrarla dejan de servir, aunque les falte para vencer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    usuario = models.ForeignKey(
        Usuario, on_delete=models.CASCADE, related_name="sesiones", verbose_name="usuario"
    )
    autenticada_en = models.DateTimeField("última vez que probó su contraseña")
    vence_en = models.DateTimeField("vence", db_index=True)
    ip = models.GenericIPAddressField("dirección IP", null=True)
    agente = models.CharField("programa", max_length=255, blank=True)

    objects: ClassVar[SesionManager] = SesionManager()

    class Meta:
        verbose_name = "sesión de la API"
        verbose_name_plural = "sesiones de la API"
        ordering = ("usuario", "-autenticada_en")
        indexes: ClassVar = [models.Index(fields=["usuario", "autenticada_en"], name="sesion_usuario_orden")]

    def __str__(self) -> str:
        return f"{self.usuario} desde {self.autenticada_en:%Y-%m-%d %H:%M}"
