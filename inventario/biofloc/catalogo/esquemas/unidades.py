"""Formas de las unidades (§2.12)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Booleano, Cuerpo, Instante, Texto
from inventario.biofloc.catalogo.traduccion import abreviatura_visible, categoria_de_unidad
from inventario.biofloc.listas import PaginaOpcional
from inventario.productos.models import Unidad


@extend_schema_serializer(component_name="BioflocUnit")
class UnidadRespuesta(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    unit_name = serializers.CharField(source="nombre_en")
    abbreviation = serializers.SerializerMethodField()
    category = serializers.SerializerMethodField()
    is_active = serializers.BooleanField(source="activa")
    created_at = Instante(source="creada_en")
    updated_at = Instante(source="actualizada_en")
    item_count = serializers.SerializerMethodField()

    def get_abbreviation(self, unidad: Unidad) -> str | None:
        return abreviatura_visible(unidad)

    def get_category(self, unidad: Unidad) -> str | None:
        return categoria_de_unidad(unidad.magnitud)

    def get_item_count(self, unidad: Unidad) -> int | None:
        # Quien acaba de escribirla no la contó.
        return getattr(unidad, "n_productos", None)


@extend_schema_serializer(component_name="BioflocUnitList")
class ListaDeUnidades(serializers.Serializer[Any]):
    units = UnidadRespuesta(many=True)
    total = serializers.IntegerField()


@extend_schema_serializer(component_name="BioflocUnitCategory")
class CategoriaDeUnidades(serializers.Serializer[Any]):
    category = serializers.CharField(allow_null=True)
    total_units = serializers.IntegerField()
    active_units = serializers.IntegerField()


@extend_schema_serializer(component_name="BioflocUnitDeleted")
class UnidadEliminada(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    message = serializers.CharField()
    unit_id = serializers.IntegerField()
    unit_name = serializers.CharField()


class FiltroDeUnidades(PaginaOpcional):
    category = Texto(maximo=50, required=False)
    include_inactive = Booleano(default=False)


@extend_schema_serializer(component_name="BioflocUnitCreate")
class UnidadNueva(Cuerpo):
    unit_name = Texto(maximo=50)
    abbreviation = Texto(maximo=10, required=False, allow_null=True)
    category = Texto(maximo=50, required=False, allow_null=True)


@extend_schema_serializer(component_name="BioflocUnitUpdate")
class CambioDeUnidad(UnidadNueva):
    unit_name = Texto(maximo=50, required=False)
