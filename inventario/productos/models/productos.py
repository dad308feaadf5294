"""El producto."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from inventario.nucleo.cantidades import CERO, TOPE, CampoDecimal
from inventario.nucleo.modelos import ModeloDeEmpresa
from inventario.nucleo.textos import plegar
from inventario.productos.models.categorias import Categoria
from inventario.productos.models.proveedores import Proveedor
from inventario.productos.models.unidades import Unidad
from inventario.productos.querysets import ProductoManager, normalizar_sku

MINIMO_POR_DEFECTO = Decimal(5)


class Producto(ModeloDeEmpresa):
    """Lo que se guarda. Nunca se borra: se desactiva (`activo`) o se elimina (`eliminado_en`).

    `version` crece con cada cambio y sirve a `If-Match`. Cuánto hay lo sabe el libro.
    `nombre_plegado` es para buscar y ordenar sin tildes ni mayúsculas, igual en los dos motores.
    """

    sku = models.CharField(
        "SKU", max_length=100, null=True, blank=True
    )  # nulo en la API inglesa (decisión 23)
    sku_normalizado = models.CharField(max_length=300, null=True, editable=False)
    nombre = models.CharField("nombre", max_length=255)
    nombre_plegado = models.CharField(max_length=765, editable=False)
    unidad = models.ForeignKey(
        Unidad, on_delete=models.PROTECT, related_name="productos", verbose_name="unidad"
    )
    categoria = models.ForeignKey(
        Categoria,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="productos",
        verbose_name="categoría",
    )
    proveedor = models.ForeignKey(
        Proveedor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="productos",
        verbose_name="proveedor por defecto",
    )
    precio = models.DecimalField("precio", max_digits=12, decimal_places=2, null=True, blank=True)
    stock_minimo = CampoDecimal("stock mínimo", default=MINIMO_POR_DEFECTO)
    # También en la base: mientras se despliega escriben todavía procesos que no conocen la columna.
    minimo_sobre_disponible = models.BooleanField(
        "comparar el mínimo con lo disponible",
        default=False,
        db_default=False,
        help_text="Sin contar lo vencido, lo bloqueado ni lo reservado; si no, con todo lo que hay.",
    )
    punto_reorden = CampoDecimal(
        "punto de reorden",
        default=CERO,
        help_text="Con esto o menos, los módulos lo ven entre lo que falta; en 0, nunca. No abre alertas.",
    )
    codigo_barras = models.CharField("código de barras (GTIN)", max_length=48, blank=True)
    activo = models.BooleanField("activo", default=True)
    eliminado_en = models.DateTimeField("eliminado", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("versión", default=1, editable=False)
    creado_en = models.DateTimeField("creado", auto_now_add=True)
    actualizado_en = models.DateTimeField("actualizado", auto_now=True)

    objects = ProductoManager()

    class Meta:
        verbose_name = "producto"
        verbose_name_plural = "productos"
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["empresa", "sku_normalizado"],
                condition=Q(eliminado_en=None),
                name="producto_sku_unico",
            ),
            models.UniqueConstraint(
                fields=["empresa", "codigo_barras"],
                condition=Q(eliminado_en=None) & ~Q(codigo_barras=""),
                name="producto_codigo_barras_unico",
            ),
            models.CheckConstraint(
                condition=Q(precio=None) | Q(precio__gte=0), name="producto_precio_no_negativo"
            ),
            models.CheckConstraint(
                condition=Q(stock_minimo__gte=0, stock_minimo__lt=TOPE), name="producto_minimo_no_negativo"
            ),
            models.CheckConstraint(
                condition=Q(punto_reorden__gte=0, punto_reorden__lt=TOPE),
                name="producto_reorden_no_negativo",
            ),
            models.CheckConstraint(
                condition=Q(sku=None, sku_normalizado=None)
                | Q(sku__isnull=False, sku_normalizado__isnull=False),
                name="producto_sku_con_su_normal",
            ),
            models.CheckConstraint(condition=~Q(sku=""), name="producto_sku_no_vacio"),
            models.CheckConstraint(condition=~Q(nombre=""), name="producto_nombre_no_vacio"),
            models.CheckConstraint(
                condition=Q(eliminado_en=None) | Q(activo=False), name="producto_eliminado_no_activo"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["empresa", "id"], condition=Q(eliminado_en=None), name="producto_empresa_vivo"
            ),
            models.Index(fields=["empresa", "nombre_plegado", "id"], name="producto_empresa_nombre"),
        ]

    def __str__(self) -> str:
        return f"{self.nombre} (SKU {self.sku})" if self.sku else self.nombre

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derivar()
        super().save(*args, **kwargs)

    def derivar(self) -> None:
        """Pone al día las columnas que salen de otras; quien use `bulk_create` lo llama antes."""
        self.sku_normalizado = None if self.sku is None else normalizar_sku(self.sku)
        self.nombre_plegado = plegar(self.nombre)

    def bajo_minimo(self, *, fisica: Decimal, disponible: Decimal) -> bool:
        """Con menos que su mínimo, sumadas las bodegas; llegar justo al mínimo no es estar debajo."""
        return self.contra_el_minimo(fisica=fisica, disponible=disponible) < self.stock_minimo

    def contra_el_minimo(self, *, fisica: Decimal, disponible: Decimal) -> Decimal:
        """La cifra que en este producto se compara con el mínimo (contrato §2.6)."""
        return disponible if self.minimo_sobre_disponible else fisica
