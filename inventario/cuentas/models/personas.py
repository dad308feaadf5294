"""Personas y su pertenencia a empresas."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.models.empresas import Bodega, Empresa
from inventario.cuentas.permisos import PERMISOS_POR_ROL, Rol


class UsuarioManager(BaseUserManager["Usuario"]):
    def create_user(self, email: str, password: str | None = None, **campos: Any) -> Usuario:
        usuario = self.model(email=email.strip().lower(), **campos)
        usuario.set_password(password)
        usuario.save(using=self._db)
        return usuario

    def create_superuser(self, email: str, password: str | None = None, **campos: Any) -> Usuario:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **campos)

    def crear_de_servicio(self, email: str, nombre: str) -> Usuario:
        """Crea a quien actúa sin ser una persona: no tiene contraseña ni entra a nada."""
        usuario = self.model(email=email, nombre=nombre, es_servicio=True)
        usuario.set_unusable_password()
        usuario.save(using=self._db, force_insert=True)
        return usuario

    def get_by_natural_key(self, username: str | None) -> Usuario:
        # Se entra con el correo escrito en mayúsculas o minúsculas.
        return self.get(email=(username or "").strip().lower())


class Tema(models.TextChoices):
    CLARO = "claro", _("Claro")
    OSCURO = "oscuro", _("Oscuro")
    AUTOMATICO = "automatico", _("El del sistema")


class Usuario(AbstractBaseUser, PermissionsMixin):
    """Entra con su correo. El usuario de servicio de una clave de API no tiene contraseña."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("correo electrónico", max_length=254, unique=True)
    nombre = models.CharField("nombre", max_length=255, blank=True)
    is_active = models.BooleanField("activo", default=True)
    is_staff = models.BooleanField("entra a la administración", default=False)
    es_servicio = models.BooleanField("es de servicio", default=False, editable=False)
    creado_en = models.DateTimeField("creado", auto_now_add=True)
    debe_cambiar_contrasena = models.BooleanField("debe cambiar la contraseña", default=False)
    contrasena_cambiada_en = models.DateTimeField(
        "último cambio de contraseña", null=True, blank=True, editable=False
    )
    # Si no está vacía, entrar pide además un código; el secreto con que se comprueba lo guarda django-otp.
    segundo_factor_en = models.DateTimeField(
        "segundo factor activo desde", null=True, blank=True, editable=False
    )
    # El valor va también en la base: al desplegar escriben todavía procesos que no conocen la columna.
    tema = models.CharField(
        "tema", max_length=10, choices=Tema.choices, default=Tema.AUTOMATICO, db_default=Tema.AUTOMATICO
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UsuarioManager] = UsuarioManager()

    class Meta:
        verbose_name = "usuario"
        verbose_name_plural = "usuarios"
        ordering = ("email",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="usuario_correo_unico",
                violation_error_message="Ya existe un usuario con ese correo.",
            ),
            models.CheckConstraint(condition=models.Q(tema__in=Tema.values), name="usuario_tema_conocido"),
        ]

    def __str__(self) -> str:
        return self.nombre or self.email

    def get_full_name(self) -> str:
        return str(self)

    @property
    def tiene_segundo_factor(self) -> bool:
        return self.segundo_factor_en is not None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Además del de Django, sella desde cuándo hay segundo factor.

        Así ponerlo, cambiarlo o quitarlo termina toda sesión abierta sin ese código, y una que sigue
        abierta lo tiene comprobado, sin preguntarlo a la base en cada solicitud (decisión 44).
        """
        huella: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # los tipos de Django no lo declaran
        if self.segundo_factor_en is None:
            return huella
        sello = f"{huella}:{self.segundo_factor_en.isoformat()}"
        return salted_hmac(
            "inventario.cuentas.segundo_factor", sello, secret=secret, algorithm="sha256"
        ).hexdigest()

    def set_password(self, raw_password: str | None) -> None:
        """Además anota cuándo: las sesiones abiertas con la contraseña anterior dejan de servir."""
        super().set_password(raw_password)
        self.contrasena_cambiada_en = timezone.now()


class Membresia(models.Model):
    """Una persona en una empresa, con su rol. Sin bodegas nombradas, las ve todas."""

    empresa = models.ForeignKey(
        Empresa, on_delete=models.PROTECT, related_name="membresias", verbose_name="empresa"
    )
    usuario = models.ForeignKey(
        Usuario, on_delete=models.PROTECT, related_name="membresias", verbose_name="usuario"
    )
    rol = models.CharField("rol", max_length=20, choices=Rol.choices, default=Rol.OPERADOR)
    activa = models.BooleanField("activa", default=True)
    predeterminada = models.BooleanField("empresa predeterminada", default=False)
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
        Bodega, blank=True, related_name="+", verbose_name="bodegas permitidas", help_text="Ninguna: todas."
    )
    creada_en = models.DateTimeField("creada", auto_now_add=True)

    class Meta:
        verbose_name = "membresía"
        verbose_name_plural = "membresías"
        ordering = ("empresa", "usuario")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["empresa", "usuario"], name="membresia_unica"),
            models.UniqueConstraint(
                fields=["usuario"],
                condition=models.Q(predeterminada=True),
                name="membresia_predeterminada_unica",
            ),
            models.CheckConstraint(condition=models.Q(rol__in=Rol.values), name="membresia_rol_conocido"),
        ]

    def __str__(self) -> str:
        return f"{self.usuario} en {self.empresa} ({self.get_rol_display()})"

    @property
    def permisos(self) -> frozenset[str]:
        return PERMISOS_POR_ROL.get(self.rol, frozenset())
