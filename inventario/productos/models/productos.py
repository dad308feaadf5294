"""El producto."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from inventario.nucleo.cantidades import TOPE, CampoDecimal
from inventario.nucleo.modelos import ModeloDeEmpresa
from inventario.productos.models.categorias import Categoria
from inventario.productos.models.proveedores import Proveedor
from inventario.productos.models.unidades import Unidad
from inventario.productos.querysets import ProductoManager

MINIMO_POR_DEFECTO = Decimal(5)


class Producto(ModeloDeEmpresa):
    """Lo que se guarda. Nunca se borra: se desactiva (`activo`) o se elimina (`eliminado_en`).

    `version` crece con cada cambio y sirve a `If-Match`. Cuánto hay lo sabe el libro.
    """

    sku = models.CharField("SKU", max_length=100, null=True, blank=True)  # noqa: DJ001  # nulo en la API inglesa (decisión 23)
    sku_normalizado = models.CharField(max_length=300, null=True, editable=False)  # noqa: DJ001
    nombre = models.CharField("nombre", max_length=255)
    unidad = models.ForeignKey(Unidad, on_delete=models.PROTECT, related_name="productos", verbose_name="unidad")
    categoria = models.ForeignKey(
        Categoria, on_delete=models.PROTECT, null=True, blank=True, related_name="productos", verbose_name="categoría"
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
    codigo_barras = models.CharField("código de barras (GTIN)", max_length=48, blank=True)
    activo = models.BooleanField("activo", default=True)
    eliminado_en = models.DateTimeField("eliminado", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("versión", default=1, editable=False)
    creado_en = models.DateTimeField("creado", auto_now_add=True)
    actualizado_en = models.DateTimeField("actualizado", auto_now=True)

    objects = ScopedManager(empresa="empresa", _manager_class=ProductoManager)

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
            models.CheckConstraint(condition=Q(precio=None) | Q(precio__gte=0), name="producto_precio_no_negativo"),
            models.CheckConstraint(
                condition=Q(stock_minimo__gte=0, stock_minimo__lt=TOPE), name="producto_minimo_no_negativo"
            ),
            models.CheckConstraint(
                condition=Q(sku=None, sku_normalizado=None) | Q(sku__isnull=False, sku_normalizado__isnull=False),
                name="producto_sku_con_su_normal",
            ),
            models.CheckConstraint(condition=~Q(sku=""), name="producto_sku_no_vacio"),
            models.CheckConstraint(condition=~Q(nombre=""), name="producto_nombre_no_vacio"),
            models.CheckConstraint(
                condition=Q(eliminado_en=None) | Q(activo=False), name="producto_eliminado_no_activo"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["empresa", "id"], condition=Q(eliminado_en=None), name="producto_empresa_vivo"),
            models.Index(fields=["empresa", "nombre", "id"], name="producto_empresa_nombre"),
        ]

    def __str__(self) -> str:
        return f"{self.nombre} (SKU {self.sku})" if self.sku else self.nombre
