"""Objetos del catálogo para las pruebas. La existencia, solo por los servicios del libro.

Se usan con una empresa en curso (fixture `alcance`): `ProductoFabrica(empresa=empresa)`.
"""

from __future__ import annotations

from typing import Any

from factory import LazyAttribute, Sequence, Trait  # type: ignore[attr-defined]  # factory no declara __all__
from factory.django import DjangoModelFactory

from inventario.cuentas.models import Bodega, Empresa
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad


def _unidad(abreviatura: str, nombre: str, nombre_en: str, *, divisible: bool) -> Any:
    """La unidad de la empresa con esa abreviatura, creada si falta: las pruebas la repiten sin chocar."""

    def hallar(producto: Any) -> Unidad:
        empresa: Empresa = producto.empresa
        unidad, _ = Unidad.objects.get_or_create(
            empresa=empresa,
            abreviatura_normalizada=abreviatura.casefold(),
            defaults={
                "abreviatura": abreviatura,
                "nombre": nombre,
                "nombre_en": nombre_en,
                "divisible": divisible,
            },
        )
        return unidad

    return LazyAttribute(hallar)


class BodegaFabrica(DjangoModelFactory[Bodega]):
    class Meta:
        model = Bodega

    codigo = Sequence(lambda n: f"bodega-{n}")
    nombre = Sequence(lambda n: f"Bodega {n}")


class CategoriaFabrica(DjangoModelFactory[Categoria]):
    class Meta:
        model = Categoria

    nombre = Sequence(lambda n: f"Categoría {n}")


class ProveedorFabrica(DjangoModelFactory[Proveedor]):
    class Meta:
        model = Proveedor

    nombre = Sequence(lambda n: f"Proveedor {n}")


class ProductoFabrica(DjangoModelFactory[Producto]):
    """Por omisión se mide en kilogramos, divisible; con `por_unidad=True`, en piezas."""

    class Meta:
        model = Producto

    class Params:
        por_unidad = Trait(unidad=_unidad("u", "Unidad", "Unit", divisible=False))

    sku = Sequence(lambda n: f"SKU-{n:04d}")
    nombre = Sequence(lambda n: f"Producto {n}")
    precio = "10.00"
    unidad = _unidad("kg", "Kilogramo", "Kilogram", divisible=True)
