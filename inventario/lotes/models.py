"""El lote: una recepción, cuándo vence, cuánto costó y cuánto queda."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Upper
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.models import Bodega
from inventario.lotes.querysets import AVISO_DIAS, LoteManager
from inventario.nucleo.cantidades import TOPE, CampoDecimal
from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa
from inventario.productos.models import Producto, Proveedor


class Procedencia(models.TextChoices):
    COMPRA = "compra", _("Compra")
    ENTRADA = "entrada", _("Entrada")
    TRASLADO = "traslado", _("Traslado")
    CONTEO = "conteo", _("Conteo")
    DEVOLUCION = "devolucion", _("Devolución")
    INICIAL = "inicial", _("Saldo inicial")


# Aquellas cuyo costo es el de una compra o recepción de verdad.
DE_COMPRA = [Procedencia.COMPRA, Procedencia.ENTRADA, Procedencia.INICIAL]


class EstadoLote(models.TextChoices):
    """Cómo se ve un lote hoy; se calcula, no se guarda."""

    VIGENTE = "vigente", _("Vigente")
    POR_VENCER = "por_vencer", _("Por vencer")
    VENCIDO = "vencido", _("Vencido")
    AGOTADO = "agotado", _("Agotado")
    SIN_FECHA = "sin_fecha", _("Sin vencimiento")


class Lote(ModeloDeEmpresa):
    """Una recepción nunca se mezcla con otra, aunque repita código o vencimiento (decisión 4).

    `saldo` solo lo escribe el libro. `raiz` es el primer antepasado (vacía si él mismo lo es).
    """

    producto = models.ForeignKey(
        Producto, on_delete=models.PROTECT, related_name="lotes", verbose_name="producto"
    )
    bodega = models.ForeignKey(Bodega, on_delete=models.PROTECT, related_name="lotes", verbose_name="bodega")
    codigo = models.CharField("código", max_length=100, blank=True)
    fecha_ingreso = models.DateField("fecha de ingreso")
    vence_el = models.DateField("vence el", null=True, blank=True)
    costo_unitario = CampoDecimal("costo unitario", default=0)
    cantidad_recibida = CampoDecimal("cantidad recibida")
    saldo = CampoDecimal("saldo")
    procedencia = models.CharField("procedencia", max_length=12, choices=Procedencia.choices)
    origen = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="derivados",
        verbose_name="viene del lote",
    )
    raiz = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="descendientes",
        verbose_name="lote raíz",
    )
    proveedor = models.ForeignKey(
        Proveedor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lotes",
        verbose_name="proveedor",
    )
    referencia_proveedor = models.CharField("referencia del proveedor", max_length=100, blank=True)
    bloqueado = models.BooleanField("bloqueado", default=False)
    motivo_bloqueo = models.CharField("motivo del bloqueo", max_length=255, blank=True)
    creado_en = models.DateTimeField("creado", auto_now_add=True)
    # Los dos códigos en mayúsculas, uno por renglón: pasarlos al buscar costaba más que leer la tabla.
    buscable = models.GeneratedField(
        expression=Upper(Concat("codigo", models.Value("\n"), "referencia_proveedor")),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name="códigos para buscar",
    )

    objects = LoteManager()

    class Meta:
        verbose_name = "lote"
        verbose_name_plural = "lotes"
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cantidad_recibida__gt=0, cantidad_recibida__lt=TOPE),
                name="lote_recibida_positiva",
            ),
            models.CheckConstraint(condition=Q(saldo__gte=0, saldo__lt=TOPE), name="lote_saldo_no_negativo"),
            models.CheckConstraint(
                condition=Q(costo_unitario__gte=0, costo_unitario__lt=TOPE), name="lote_costo_no_negativo"
            ),
            models.CheckConstraint(
                condition=Q(procedencia__in=Procedencia.values), name="lote_procedencia_conocida"
            ),
            models.CheckConstraint(
                condition=Q(bloqueado=False, motivo_bloqueo="") | (Q(bloqueado=True) & ~Q(motivo_bloqueo="")),
                name="lote_bloqueado_con_motivo",
            ),
            models.CheckConstraint(
                condition=Q(origen=None, raiz=None) | Q(origen__isnull=False, raiz__isnull=False),
                name="lote_origen_con_raiz",
            ),
        ]
        indexes: ClassVar = [
            # En PostgreSQL un índice ascendente ya deja los NULL al final, como pide FEFO.
            models.Index(
                fields=["producto", "bodega", "vence_el", "fecha_ingreso", "id"],
                condition=Q(saldo__gt=0),
                name="lote_fefo",
            ),
            models.Index(
                fields=["producto", "bodega", "fecha_ingreso", "id"],
                condition=Q(saldo__gt=0),
                name="lote_peps",
            ),
            models.Index(fields=["empresa", "id"], name="lote_empresa"),
            models.Index(
                fields=["empresa", "vence_el", "id"], condition=Q(saldo__gt=0), name="lote_por_vencer"
            ),
            models.Index(fields=["empresa", "vence_el", "id"], name="lote_vencimiento"),
            models.Index(
                fields=["empresa", "vence_el", "id"],
                condition=Q(bloqueado=True, saldo__gt=0),
                name="lote_bloqueado",
            ),
            models.Index(fields=["empresa", "codigo"], name="lote_codigo"),
            # Como busca un retiro: el código exacto, sin mirar mayúsculas. SQLite no los usa para eso.
            models.Index(models.F("empresa"), Upper("codigo"), name="lote_codigo_sin_caja"),
            models.Index(models.F("empresa"), Upper("referencia_proveedor"), name="lote_del_proveedor"),
            # Para hallar el último costo de compra sin ordenar toda la historia del producto.
            models.Index(
                fields=["producto", "-fecha_ingreso", "-id"],
                condition=Q(procedencia__in=DE_COMPRA),
                name="lote_comprado",
            ),
        ]

    def __str__(self) -> str:
        return self.codigo or f"n.º {self.pk}"

    def vencido(self, hoy: date) -> bool:
        """Vencido es anterior a hoy: lo que vence hoy todavía sirve (decisión 8)."""
        return self.vence_el is not None and self.vence_el < hoy

    def utilizable(self, hoy: date) -> bool:
        return not self.bloqueado and not self.vencido(hoy)

    def estado(self, hoy: date, *, aviso_dias: int = AVISO_DIAS) -> EstadoLote:
        """Devuelve el estado visible; `aviso_dias` es cuántos días antes se considera por vencer."""
        if self.saldo <= 0:
            return EstadoLote.AGOTADO
        if self.vence_el is None:
            return EstadoLote.SIN_FECHA
        if self.vence_el < hoy:
            return EstadoLote.VENCIDO
        return EstadoLote.POR_VENCER if (self.vence_el - hoy).days <= aviso_dias else EstadoLote.VIGENTE


class CambioDeBloqueo(ModeloDeEmpresa):
    """Quién bloqueó o desbloqueó un lote, cuándo y por qué. Solo se agrega."""

    lote = models.ForeignKey(
        Lote, on_delete=models.PROTECT, related_name="cambios_de_bloqueo", verbose_name="lote"
    )
    bloqueado = models.BooleanField("quedó bloqueado")
    motivo = models.CharField("motivo", max_length=255)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="usuario"
    )
    hecho_en = models.DateTimeField("hecho")

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "cambio de bloqueo"
        verbose_name_plural = "cambios de bloqueo"
        ordering = ("-hecho_en", "-id")

    def __str__(self) -> str:
        return f"{self.lote}: {'bloqueado' if self.bloqueado else 'desbloqueado'}"
