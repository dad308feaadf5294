"""Las sesiones de cada persona: las de la API, que nombran sus tokens, y las del navegador."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
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
    # El token de renovación que hoy sirve, y el que reemplazó: a los dos los nombra su `jti`.
    renovacion = models.UUIDField("token de renovación", null=True, editable=False)
    renovacion_anterior = models.UUIDField("token de renovación anterior", null=True, editable=False)
    renovada_en = models.DateTimeField("última renovación", null=True, editable=False)

    objects: ClassVar[SesionManager] = SesionManager()

    class Meta:
        verbose_name = "sesión de la API"
        verbose_name_plural = "sesiones de la API"
        ordering = ("usuario", "-autenticada_en")
        indexes: ClassVar = [models.Index(fields=["usuario", "autenticada_en"], name="sesion_usuario_orden")]

    def __str__(self) -> str:
        return f"{self.usuario} desde {self.autenticada_en:%Y-%m-%d %H:%M}"


class SesionWeb(AbstractBaseSession):
    """La sesión de un navegador: la de Django, y de quién es, desde dónde y cuándo se usó.

    La clave de sesión es un secreto: fuera de aquí se la nombra con `inventario.cuentas.acceso.sesiones`.
    """

    usuario = models.ForeignKey(
        Usuario,
        on_delete=models.CASCADE,
        null=True,
        related_name="sesiones_web",
        verbose_name="usuario",
    )
    vista_en = models.DateTimeField("último uso")
    ip = models.GenericIPAddressField("dirección IP", null=True)
    agente = models.CharField("programa", max_length=255, blank=True)

    objects: ClassVar[BaseSessionManager[Any]] = BaseSessionManager()

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "sesión del navegador"
        verbose_name_plural = "sesiones del navegador"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from inventario.cuentas.acceso.almacen import SessionStore

        return SessionStore
