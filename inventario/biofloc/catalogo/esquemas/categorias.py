"""Formas de las categorías (§2.3)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Cuerpo, Instante, Texto


@extend_schema_serializer(component_name="BioflocCategory")
class Categoria(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    category = serializers.CharField(source="nombre")
    description = serializers.SerializerMethodField()
    created_at = Instante(source="creada_en")
    item_count = serializers.IntegerField(source="n_productos")

    def get_description(self, categoria: Any) -> str | None:
        return categoria.descripcion or None


@extend_schema_serializer(component_name="BioflocCategoryList")
class ListaDeCategorias(serializers.Serializer[Any]):
    categories = Categoria(many=True)


@extend_schema_serializer(component_name="BioflocCategoryCreate")
class CategoriaNueva(Cuerpo):
    category_name = Texto(maximo=100)
    description = Texto(maximo=2000, multilinea=True, required=False, allow_null=True)


@extend_schema_serializer(component_name="BioflocCategoryUpdate")
class CambioDeCategoria(CategoriaNueva):
    category_name = Texto(maximo=100, required=False)
