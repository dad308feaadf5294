"""Invitaciones: a quién se le ofreció entrar a una empresa, y qué fue de ello."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

from inventario.cuentas.models.empresas import Bodega
from inventario.cuentas.models.personas import Usuario
from inventario.cuentas.permisos import Rol
from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class InvitacionManager(ManagerDeEmpresa["Invitacion"]):
    def pendientes(self) -> models.QuerySet[Invitacion]:
        """Las que nadie aceptó ni revocó, vencidas o no."""
        return self.filter(aceptada_en=None, revocada_en=None)


class Invitacion(ModeloDeEmpresa):
    """Una oferta de membresía a un correo: no es miembro nadie hasta que la acepte (decisión 44).

    Su enlace no está guardado: se calcula de `semilla` con la clave del servidor (`invitaciones.enlaces`).
    Ella misma es su bandeja de salida: `por_enviar_en` dice desde cuándo se le debe el correo.
    """

    DURA: ClassVar = timedelta(days=7)

    correo = models.EmailField("correo electrónico", max_length=254)
    nombre = models.CharField("nombre", max_length=255, blank=True)
    rol = models.CharField("rol", max_length=20, choices=Rol.choices, default=Rol.OPERADOR)
    bodega = models.ForeignKey(
        Bodega,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bodega habitual",
        help_text="Vacía: la principal de la empresa.",
    )
    bodegas_permitidas = models.ManyToManyField(
        Bodega,
        blank=True,
        related_name="+",
        verbose_name="bodegas permitidas",
        help_text="Ninguna: todas las que usted alcanza.",
    )
    invitada_por = models.ForeignKey(
        Usuario, on_delete=models.PROTECT, related_name="+", verbose_name="invitada por"
    )
    creado_en = models.DateTimeField("creada")
    vence_en = models.DateTimeField("vence")
    semilla = models.CharField(max_length=64, editable=False)
    # El enlace lo vio alguien más que el dueño del correo: abrirlo ya no prueba que el correo sea suyo.
    mostrada = models.BooleanField("el enlace se mostró en pantalla", default=False, editable=False)
    por_enviar_en = models.DateTimeField("se envía desde", null=True, blank=True, editable=False)
    intentos = models.PositiveSmallIntegerField("intentos de envío", default=0, editable=False)
    enviada_en = models.DateTimeField("enviada", null=True, blank=True, editable=False)
    aceptada_en = models.DateTimeField("aceptada", null=True, blank=True, editable=False)
    aceptada_por = models.ForeignKey(
        Usuario,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="aceptada por",
    )
    revocada_en = models.DateTimeField("revocada", null=True, blank=True, editable=False)

    objects = InvitacionManager()

    class Meta:
        verbose_name = "invitación"
        verbose_name_plural = "invitaciones"
        ordering = ("-creado_en", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["empresa", "correo"],
                condition=models.Q(aceptada_en=None, revocada_en=None),
                name="invitacion_pendiente_unica",
            ),
            models.CheckConstraint(condition=models.Q(rol__in=Rol.values), name="invitacion_rol_conocido"),
            models.CheckConstraint(
                condition=models.Q(aceptada_en=None) | models.Q(revocada_en=None),
                name="invitacion_resuelta_una_vez",
            ),
            models.CheckConstraint(
                condition=models.Q(aceptada_en=None) | models.Q(aceptada_por__isnull=False),
                name="invitacion_aceptada_por_alguien",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["por_enviar_en"],
                condition=models.Q(por_enviar_en__isnull=False),
                name="invitacion_por_enviar",
            )
        ]

    def __str__(self) -> str:
        return f"{self.correo} ({self.get_rol_display()})"

    @staticmethod
    def nueva_semilla() -> str:
        return secrets.token_urlsafe(32)

    def pendiente(self) -> bool:
        return self.aceptada_en is None and self.revocada_en is None

    def vigente(self, ahora: datetime) -> bool:
        """Si su enlace todavía sirve."""
        return self.pendiente() and self.vence_en > ahora
