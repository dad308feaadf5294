"""Una línea del libro: un lote, una cantidad con signo, los saldos que dejó."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.models.asientos import Asiento, DelLibro
from inventario.movimientos.models.tipos import NEGATIVOS, POSITIVOS, TipoMovimiento
from inventario.nucleo.cantidades import TOPE, CampoDecimal
from inventario.nucleo.solo_agregar import SoloAgregarManager
from inventario.productos.models import Producto


class Movimiento(DelLibro):
    """`cantidad` lleva signo: un saldo es una suma. Los saldos «tras» siguen el orden de registro.

    `fecha_efectiva` y `tipo` repiten lo del asiento para que el kárdex y los rangos usen un índice.
    """

    asiento = models.ForeignKey(
        Asiento, on_delete=models.PROTECT, related_name="movimientos", verbose_name="asiento"
    )
    # Sin índice propio: los compuestos de abajo empiezan por estas columnas y cada índice se paga por línea.
    producto = models.ForeignKey(
        Producto,
        on_delete=models.PROTECT,
        related_name="movimientos",
        db_index=False,
        verbose_name="producto",
    )
    bodega = models.ForeignKey(Bodega, on_delete=models.PROTECT, related_name="+", verbose_name="bodega")
    lote = models.ForeignKey(
        Lote, on_delete=models.PROTECT, related_name="movimientos", db_index=False, verbose_name="lote"
    )
    tipo = models.CharField("tipo", max_length=20, choices=TipoMovimiento.choices)
    fecha_efectiva = models.DateTimeField("fecha efectiva")
    cantidad = CampoDecimal("cantidad")
    costo_unitario = CampoDecimal("costo unitario")
    saldo_lote_tras = CampoDecimal("saldo del lote")
    fisica_tras = CampoDecimal("existencia física")
    nota = models.CharField("nota de la línea", max_length=500, blank=True)

    objects = SoloAgregarManager()

    class Meta:
        verbose_name = "movimiento"
        verbose_name_plural = "movimientos"
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(cantidad=0), name="movimiento_cantidad_no_cero"),
            models.CheckConstraint(
                condition=Q(tipo__in=POSITIVOS, cantidad__gt=0, cantidad__lt=TOPE)
                | Q(tipo__in=NEGATIVOS, cantidad__lt=0, cantidad__gt=-TOPE),
                name="movimiento_signo_segun_tipo",
            ),
            models.CheckConstraint(
                condition=Q(costo_unitario__gte=0, costo_unitario__lt=TOPE),
                name="movimiento_costo_no_negativo",
            ),
            models.CheckConstraint(
                condition=Q(saldo_lote_tras__gte=0, saldo_lote_tras__lt=TOPE),
                name="movimiento_saldo_no_negativo",
            ),
            models.CheckConstraint(
                condition=Q(fisica_tras__gte=0, fisica_tras__lt=TOPE), name="movimiento_fisica_no_negativa"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["empresa", "fecha_efectiva", "id"], name="movimiento_fecha"),
            models.Index(fields=["producto", "fecha_efectiva", "id"], name="movimiento_producto"),
            models.Index(fields=["lote", "id"], name="movimiento_lote"),
            models.Index(fields=["empresa", "id"], name="movimiento_empresa"),
            # Lo que se halla entre millones de entradas y salidas; ellas no lo pagan.
            models.Index(
                fields=["empresa", "tipo", "fecha_efectiva", "id"],
                condition=~Q(tipo__in=[TipoMovimiento.ENTRADA, TipoMovimiento.SALIDA]),
                name="movimiento_poco_comun",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tipo_display()} {self.cantidad}"
