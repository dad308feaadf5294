"""Cuánto hay de un producto en una bodega: la fila que se bloquea para escribir."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventario.cuentas.models import Bodega
from inventario.movimientos.querysets import ExistenciaManager
from inventario.nucleo.cantidades import TOPE, CampoDecimal
from inventario.nucleo.modelos import ModeloDeEmpresa
from inventario.productos.models import Producto


class Existencia(ModeloDeEmpresa):
    """Proyección del libro. La base exige `fisica >= 0` y `apartada >= 0`, no `apartada <= fisica`:

    un conteo puede hallar menos de lo prometido y la realidad manda (decisión 14).
    """

    producto = models.ForeignKey(
        Producto, on_delete=models.PROTECT, related_name="existencias", verbose_name="producto"
    )
    bodega = models.ForeignKey(
        Bodega, on_delete=models.PROTECT, related_name="existencias", verbose_name="bodega"
    )
    fisica = CampoDecimal("física", default=0)
    apartada = CampoDecimal("apartada", default=0)

    objects = ExistenciaManager()

    class Meta:
        verbose_name = "existencia"
        verbose_name_plural = "existencias"
        ordering = ("producto", "bodega")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["producto", "bodega"], name="existencia_unica"),
            models.CheckConstraint(
                condition=Q(fisica__gte=0, fisica__lt=TOPE), name="existencia_fisica_no_negativa"
            ),
            models.CheckConstraint(
                condition=Q(apartada__gte=0, apartada__lt=TOPE), name="existencia_apartada_no_negativa"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["empresa", "producto"], name="existencia_empresa")]

    def __str__(self) -> str:
        return f"{self.producto} en {self.bodega}"
