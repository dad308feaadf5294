"""Lo apartado: una promesa sobre la existencia, por producto y bodega, no por lote."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.models import Bodega
from inventario.movimientos.querysets import ApartadoManager
from inventario.nucleo.cantidades import TOPE, CampoDecimal
from inventario.nucleo.modelos import ModeloDeEmpresa
from inventario.productos.models import Producto


class Apartado(ModeloDeEmpresa):
    """Vive mientras está vigente y `vence_en` es posterior a ahora (decisión 13).

    `cantidad` es lo que se prometió: lo ya usado, lo `restante` y lo `liberada` al resolverse. `modulo`
    es su dueño y `referencia`, el tanque o lote del módulo para el que se hizo.
    """

    class Estado(models.TextChoices):
        VIGENTE = "vigente", _("Vigente")
        CONSUMIDO = "consumido", _("Consumido")
        LIBERADO = "liberado", _("Liberado")
        VENCIDO = "vencido", _("Vencido")

    producto = models.ForeignKey(
        Producto, on_delete=models.PROTECT, related_name="apartados", verbose_name="producto"
    )
    bodega = models.ForeignKey(Bodega, on_delete=models.PROTECT, related_name="+", verbose_name="bodega")
    cantidad = CampoDecimal("cantidad")
    restante = CampoDecimal("restante")
    liberada = CampoDecimal("liberada", default=0)
    modulo = models.CharField("módulo", max_length=64, blank=True)
    referencia = models.CharField("referencia", max_length=64, blank=True)
    estado = models.CharField("estado", max_length=10, choices=Estado.choices, default=Estado.VIGENTE)
    vence_en = models.DateTimeField("vence")
    creado_en = models.DateTimeField("creado")
    resuelto_en = models.DateTimeField("resuelto", null=True, blank=True)

    objects = ApartadoManager()

    class Meta:
        verbose_name = "apartado"
        verbose_name_plural = "apartados"
        ordering = ("vence_en", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cantidad__gt=0, cantidad__lt=TOPE), name="apartado_cantidad_positiva"
            ),
            models.CheckConstraint(
                condition=Q(restante__gte=0, liberada__gte=0, restante__lte=F("cantidad") - F("liberada")),
                name="apartado_restante_en_rango",
            ),
            models.CheckConstraint(
                condition=Q(estado="vigente", restante__gt=0, liberada=0, resuelto_en=None)
                | Q(estado__in=["consumido", "liberado", "vencido"], restante=0, resuelto_en__isnull=False),
                name="apartado_estado_coherente",
            ),
            models.CheckConstraint(condition=Q(vence_en__gt=F("creado_en")), name="apartado_vence_despues"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["producto", "bodega", "vence_en", "id"],
                condition=Q(estado="vigente"),
                name="apartado_vigente",
            ),
            models.Index(fields=["vence_en"], condition=Q(estado="vigente"), name="apartado_por_vencer"),
            # Los que no llegaron a usarse son pocos entre años de consumidos: sin él se recorrerían todos.
            models.Index(
                fields=["empresa", "estado", "-creado_en"],
                condition=Q(estado__in=["liberado", "vencido"]),
                name="apartado_sin_usar",
            ),
            models.Index(fields=["empresa", "modulo", "id"], condition=~Q(modulo=""), name="apartado_modulo"),
        ]

    @property
    def usada(self) -> Decimal:
        """Lo que ya salió contra esta promesa."""
        return self.cantidad - self.restante - self.liberada

    def __str__(self) -> str:
        return f"{self.restante} de {self.producto} ({self.get_estado_display()})"
