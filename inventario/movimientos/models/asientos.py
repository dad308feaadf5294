"""El asiento: una operación del libro, con todo lo que después no se podría reconstruir."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventario.movimientos.models.importaciones import Importacion
from inventario.movimientos.models.tipos import Motivo, TipoAsiento
from inventario.nucleo.solo_agregar import SoloAgregar, SoloAgregarManager

if TYPE_CHECKING:
    from inventario.movimientos.models.movimientos import Movimiento


class DelLibro(SoloAgregar):
    """Una fila del libro."""

    como_se_corrige = "El libro no se edita ni se borra: revierta el asiento y haga otro."

    class Meta:
        abstract = True


class Asiento(DelLibro):
    """Una operación, con una línea (`Movimiento`) por lote tocado.

    Tiene dos tiempos: `fecha_efectiva`, cuándo ocurrió, y `registrado_en`, cuándo se supo
    (decisión 10). Quien actúa es `actor`; `externo_*` nombra a la persona de otro sistema.
    """

    numero = models.PositiveBigIntegerField("número")
    tipo = models.CharField("tipo", max_length=10, choices=TipoAsiento.choices)
    fecha_efectiva = models.DateTimeField("fecha efectiva")
    registrado_en = models.DateTimeField("registrado")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="asientos", verbose_name="actor"
    )
    externo_id = models.CharField("id de la persona externa", max_length=64, blank=True)
    externo_nombre = models.CharField("persona externa", max_length=255, blank=True)
    motivo = models.CharField("motivo", max_length=12, choices=Motivo.choices, default=Motivo.OTRO)
    motivo_texto = models.CharField("explicación", max_length=500, blank=True)
    referencia = models.CharField("referencia", max_length=200, blank=True)
    modulo = models.CharField("módulo", max_length=64, blank=True)
    tanque = models.CharField("tanque", max_length=64, blank=True)
    lote_modulo = models.CharField("lote del módulo", max_length=64, blank=True)
    sesion = models.PositiveIntegerField("número de sesión", null=True, blank=True)
    notas = models.TextField("notas", blank=True)
    documento_tipo = models.CharField("tipo de documento", max_length=40, blank=True)
    documento_id = models.CharField("id del documento", max_length=64, blank=True)
    solicitud_id = models.CharField("id de la solicitud", max_length=64, blank=True)
    importacion = models.ForeignKey(
        Importacion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="asientos",
        verbose_name="importación",
    )
    revierte = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reverso",
        verbose_name="revierte a",
    )

    objects = SoloAgregarManager()

    # Las líneas recién escritas, en su orden, para quien acaba de asentar; releído de la base está vacío.
    lineas: list[Movimiento]

    class Meta:
        verbose_name = "asiento"
        verbose_name_plural = "asientos"
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["empresa", "numero"], name="asiento_numero_unico"),
            models.CheckConstraint(condition=Q(tipo__in=TipoAsiento.values), name="asiento_tipo_conocido"),
            models.CheckConstraint(condition=Q(motivo__in=Motivo.values), name="asiento_motivo_conocido"),
            models.CheckConstraint(
                condition=Q(tipo="reverso", revierte__isnull=False) | (~Q(tipo="reverso") & Q(revierte=None)),
                name="asiento_reverso_dice_de_cual",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["empresa", "fecha_efectiva", "id"], name="asiento_fecha"),
            models.Index(fields=["empresa", "registrado_en", "id"], name="asiento_registro"),
            models.Index(fields=["empresa", "id"], name="asiento_empresa"),
            models.Index(
                fields=["empresa", "referencia"], condition=~Q(referencia=""), name="asiento_referencia"
            ),
            models.Index(
                fields=["documento_tipo", "documento_id"],
                condition=~Q(documento_id=""),
                name="asiento_documento",
            ),
            models.Index(fields=["empresa", "modulo", "id"], condition=~Q(modulo=""), name="asiento_modulo"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lineas = []

    def __str__(self) -> str:
        return f"Asiento {self.numero} ({self.get_tipo_display()})"

    @classmethod
    def campos_de_contexto(cls) -> Collection[str]:
        return ("modulo", "tanque", "lote_modulo", "sesion")
